import type { Agent } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { type ReadyRequest, send } from './send.js'

/** The first is sent so long after the start, ms: until then it is made. */
const FIRST_MS = 500

/** What became of a stream's requests. */
export interface Sent {
  accepted: number
  refused: number
  /** Why the first was refused. */
  reason: string | null
  /** How long after its moment each was answered, ms. */
  readonly took: number[]
}

/** Makes the request of a number; `now` is the moment that it tells, Unix ms. */
export type MakeRequest = (number: number, now: number) => Promise<ReadyRequest>

/**
 * Sends requests until a moment of `performance.now()`, each at its own moment, whatever became of others. Each is made
 * while the one before it is on its way.
 */
export async function sendSteadily(
  url: URL,
  perSecond: number,
  make: MakeRequest,
  agent: Agent,
  until: number,
): Promise<Sent> {
  const sent: Sent = { accepted: 0, refused: 0, reason: null, took: [] }
  const answers = new Set<Promise<void>>()
  const everyMs = 1_000 / perSecond
  // Its own moment and not the clock's: two that are late would else bear one time, and be one to a metric.
  const madeOf = (number: number) => make(number, startedAt + Math.floor(number * everyMs))
  const startedAt = Date.now()
  let next = madeOf(0)
  const start = performance.now() + FIRST_MS
  for (let number = 0; ; number++) {
    const moment = start + number * everyMs
    const request = await next
    if (moment >= until) break
    next = madeOf(number + 1)
    const early = moment - performance.now()
    if (early > 0) await delay(early)
    const answer = send(url, agent, request)
      .then(
        () => {
          sent.accepted++
          sent.took.push(performance.now() - moment)
        },
        (error: unknown) => {
          sent.refused++
          sent.reason ??= String(error)
        },
      )
      .finally(() => answers.delete(answer))
    answers.add(answer)
  }
  await Promise.all(answers)
  return sent
}
