import type { Agent } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { send } from './send.js'
import type { Stream } from './soak-streams.js'

/** What became of a stream's requests. */
export interface Sent {
  accepted: number
  refused: number
  /** Why the first was refused. */
  reason: string | null
  /** How long after its moment each was answered, ms. */
  readonly took: number[]
}

/** Sends a stream until a moment of `performance.now()`, each request at its own moment, whatever became of others. */
export async function sendSteadily(stream: Stream, base: string, agent: Agent, until: number): Promise<Sent> {
  const url = new URL(stream.path, base)
  const sent: Sent = { accepted: 0, refused: 0, reason: null, took: [] }
  const answers = new Set<Promise<void>>()
  const [start, startedAt] = [performance.now(), Date.now()]
  for (let number = 0; ; number++) {
    const moment = start + (number * 1_000) / stream.perSecond
    if (moment >= until) break
    // Its own moment and not the clock's: two that are late would else bear one time, and be one to a metric.
    const request = stream.make(number, startedAt + Math.floor(moment - start))
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
