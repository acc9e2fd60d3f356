import { setTimeout as delay } from 'node:timers/promises'
import type { Bootstrap } from '../cli/bootstrap.js'
import { ask } from '../cli/demo/control.js'

const LOGS = `query Errors($from: DateTime!, $to: DateTime!) {
  logs(query: "{level=\\"error\\"}", from: $from, to: $to, first: 50) { logs { edges { cursor } } userErrors { message path } }
}`
const MONITORS = '{ monitors { nodes { key state health } } }'

/** What people read meanwhile: a search of logs, a chart of a metric and the monitors, every two seconds. Returns how long each took. */
export async function readSteadily(bootstrap: Bootstrap, until: number): Promise<number[]> {
  const took: number[] = []
  const timed = async (read: () => Promise<unknown>) => {
    const start = performance.now()
    await read()
    took.push(performance.now() - start)
  }
  while (performance.now() < until) {
    const [from, to] = [new Date(Date.now() - 300_000).toISOString(), new Date().toISOString()]
    await timed(() => ask(bootstrap, LOGS, { from, to }))
    await timed(() => chart(bootstrap, from, to))
    await timed(() => ask(bootstrap, MONITORS))
    await delay(2_000)
  }
  return took
}

async function chart({ graphqlUrl, apiToken }: Bootstrap, start: string, end: string): Promise<void> {
  const url = new URL('/prometheus/api/v1/query_range', graphqlUrl)
  const query = 'sum by (job) (rate(bench_requests_total[1m]))'
  for (const [name, value] of Object.entries({ query, start, end, step: '15s' })) url.searchParams.set(name, value)
  const response = await fetch(url, { headers: { authorization: `Bearer ${apiToken}` } })
  const text = await response.text()
  if (!response.ok) throw new Error(`A chart was answered with ${response.status}: ${text.slice(0, 300)}`)
}
