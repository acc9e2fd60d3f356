import type { Bootstrap } from '../cli/bootstrap.js'
import { ask } from '../cli/demo/control.js'
import { markerService } from './sample-logs.js'
import { untilFound } from './until-found.js'

const QUERY = `query Markers($query: String!, $from: DateTime!, $to: DateTime!) {
  logs(query: $query, from: $from, to: $to, first: 100) { logs { edges { cursor } } userErrors { message path } }
}`

/**
 * Waits until queries find the last log of each batch, from the first seed up. A batch is inserted as a whole, so all of
 * it is there.
 */
export async function untilQueryable(bootstrap: Bootstrap, firstSeed: number, batches: number): Promise<void> {
  const wanted = new Map<string, number>()
  for (let seed = firstSeed; seed < firstSeed + batches; seed++)
    wanted.set(markerService(seed), (wanted.get(markerService(seed)) ?? 0) + 1)
  for (const [service, count] of wanted) await untilFound(count, () => countLogs(bootstrap, service))
}

/** How many logs of a service a query finds, up to a page of 100. */
async function countLogs(bootstrap: Bootstrap, service: string): Promise<number> {
  const [from, to] = [-600_000, 60_000].map((ms) => new Date(Date.now() + ms).toISOString())
  const variables = { query: `{service="${service}"}`, from, to }
  const { logs } = await ask<{ logs: { logs: { edges: unknown[] } | null } }>(bootstrap, QUERY, variables)
  if (logs.logs === null) throw new Error('The query for what is stored found no logs and told no error.')
  return logs.logs.edges.length
}
