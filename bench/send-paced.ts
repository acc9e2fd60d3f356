import { Agent } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { NotAccepted, type ReadyRequest, send } from './send.js'

/**
 * Sends requests at a steady rate, each at its own moment, whether or not those before it are answered: senders of the
 * world do not wait for each other. Returns how long after its moment each was answered, ms, so that a wait to be sent
 * counts as well. One that is turned away for now (503) is sent again after a second, as clients do, and its wait counts.
 */
export async function sendPaced(url: URL, requests: readonly ReadyRequest[], perSecond: number): Promise<number[]> {
  // A sender of its own for each would open a connection; these wait for none.
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  const start = performance.now()
  const answers: Promise<void>[] = []
  const took: number[] = []
  const failures: unknown[] = []
  for (const [i, request] of requests.entries()) {
    const moment = start + (i * 1_000) / perSecond
    const early = moment - performance.now()
    if (early > 0) await delay(early)
    if (failures.length > 0) break
    const answer = sendUntilTaken(url, agent, request).then(
      () => void took.push(performance.now() - moment),
      (error: unknown) => void failures.push(error),
    )
    answers.push(answer)
  }
  await Promise.all(answers)
  agent.destroy()
  if (failures.length > 0) throw failures[0]
  return took
}

async function sendUntilTaken(url: URL, agent: Agent, request: ReadyRequest): Promise<void> {
  for (;;) {
    try {
      return await send(url, agent, request)
    } catch (error) {
      if (!(error instanceof NotAccepted) || error.status !== 503) throw error
      await delay(1_000)
    }
  }
}
