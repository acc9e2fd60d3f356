import { setTimeout as delay } from 'node:timers/promises'

const SHORTEST_MS = 25
const LONGEST_MS = 1_000
const GIVE_UP_MS = 120_000

/**
 * Waits until a query finds so many. To ask costs the server as much as storing hundreds of logs (measured: 30 to 120 ms
 * of processor time for a search while much is being stored), so it is asked the less often the more is missing: at
 * every second half of the time that is left at the pace since the last question.
 */
export async function untilFound(wanted: number, count: () => Promise<number>): Promise<void> {
  const start = performance.now()
  let [askedAt, before] = [start, await count()]
  for (let wait = 100; before < wanted; ) {
    await delay(wait)
    const now = performance.now()
    if (now - start > GIVE_UP_MS) throw new Error(`After two minutes ${before} of ${wanted} can be found by queries.`)
    const found = await count()
    const left = ((wanted - found) * (now - askedAt)) / Math.max(found - before, 1)
    wait = Math.min(Math.max(left / 2, SHORTEST_MS), LONGEST_MS)
    ;[askedAt, before] = [now, found]
  }
}
