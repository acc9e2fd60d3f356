import { Agent } from 'node:http'
import { type ReadyRequest, send } from './send.js'

/** Sends all requests over so many connections; returns how long each took, ms. Fails when one is not accepted. */
export async function sendAll(url: URL, requests: readonly ReadyRequest[], connections: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const took: number[] = []
  let next = 0
  const lane = async () => {
    for (let one = requests[next++]; one !== undefined; one = requests[next++]) {
      const start = performance.now()
      await send(url, agent, one)
      took.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: connections }, lane))
  agent.destroy()
  return took
}
