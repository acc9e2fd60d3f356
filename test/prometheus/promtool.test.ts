import { execFile } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMetricWriter } from '../../sql/metric-store.js'
import { useGateway } from '../harness/gateway.js'
import { EXPRESSIONS } from './expressions.js'
import { hasPrometheus, startPrometheus } from './prometheus-server.js'
import { FIRST, LAST, openMetricsText, shopSamples } from './samples.js'

/*
 * `promtool query` asks a Prometheus server and a gateway that hold the same samples. Times of evaluation lie between
 * those of the samples: at a sample's own time Prometheus 2 and 3 differ in whether a window holds its left edge.
 */

const installed = hasPrometheus()
if (!installed) console.warn('promtool and prometheus are not installed (apt-get install prometheus): skipped.')

const OFF_GRID_MS = 7_000

describe.skipIf(!installed)('promtool', () => {
  const gateway = useGateway()
  let [theirs, ours] = ['', '']
  let stop = async () => {}

  beforeAll(async () => {
    const [{ id: orgId } = { id: '' }] = await gateway.database.org.findMany()
    const samples = shopSamples(orgId)
    await createMetricWriter(gateway.pool).insert(1n, samples)
    const prometheus = await startPrometheus(openMetricsText(samples))
    stop = prometheus.stop
    theirs = prometheus.url
    await gateway.app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = gateway.app.server.address() as AddressInfo
    ours = `http://grafana:${gateway.first.apiToken}@127.0.0.1:${port}/prometheus`
  })
  afterAll(() => stop())

  const at = new Date(LAST - 600_000 + OFF_GRID_MS).toISOString()
  const range = [FIRST + 1_500_000 + OFF_GRID_MS, LAST + 600_000 + OFF_GRID_MS].map((ms) => new Date(ms).toISOString())

  it.each(EXPRESSIONS)('query instant %s', async (expression) => {
    const ask = (url: string) => promtool(['query', 'instant', '-o', 'json', `--time=${at}`, url, expression])
    expectSame(await ask(ours), await ask(theirs))
  })

  it.each(EXPRESSIONS)('query range %s', async (expression) => {
    const [start, end] = range
    const ask = (url: string) =>
      promtool(['query', 'range', '-o', 'json', `--start=${start}`, `--end=${end}`, '--step=90s', url, expression])
    expectSame(await ask(ours), await ask(theirs))
  })

  it('query series and query labels find the same', async () => {
    const series = (url: string) => promtool(['query', 'series', '-o', 'json', '--match=up', url])
    expect(await series(ours)).toEqual(await series(theirs))
    const labels = (url: string) => promtool(['query', 'labels', '-o', 'json', url, 'service'])
    expect(await labels(ours)).toEqual(await labels(theirs))
  })

  it('never met a fault of ours', () => expect(gateway.failures).toEqual([]))

  it('says what is wrong with an expression', async () => {
    await expect(promtool(['query', 'instant', ours, 'sum(up'])).rejects.toThrow(/bad_data/)
  })
})

async function promtool(args: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)('promtool', [...args])
  return JSON.parse(stdout)
}

interface Item {
  readonly metric: Record<string, string>
  readonly value?: readonly [number, string]
  readonly values?: readonly (readonly [number, string])[]
}

/** The same series at the same times, values alike to the 12th digit: versions sum in different orders. */
function expectSame(ours: unknown, theirs: unknown): void {
  const [found, wanted] = [ours, theirs].map(points)
  expect([...(found ?? []).keys()]).toEqual([...(wanted ?? []).keys()])
  for (const [key, value] of wanted ?? []) expectAlike(key, found?.get(key) ?? '', value)
}

function expectAlike(key: string, found: string, wanted: string): void {
  const [one, other] = [Number(found), Number(wanted)]
  const alike = Math.abs(one - other) <= 1e-12 * Math.max(Math.abs(one), Math.abs(other), 1e-3)
  if (found !== wanted && !alike) expect(`${key} ${found}`).toBe(`${key} ${wanted}`)
}

/** Values by series and time, in order. */
function points(answer: unknown): Map<string, string> {
  const list = Array.isArray(answer) ? (answer as unknown[]) : []
  const isItem = (one: unknown): one is Item => typeof one === 'object' && one !== null && 'metric' in one
  // A scalar is its time and value alone.
  if (!list.every(isItem)) return new Map([[`scalar ${list[0]}`, String(list[1])]])
  const all = list.flatMap(({ metric, value, values }) => {
    const name = JSON.stringify(Object.entries(metric).sort())
    const pairs = values ?? (value === undefined ? [] : [value])
    return pairs.map(([time, text]) => [`${name} ${time}`, text] as const)
  })
  return new Map(all.sort(([one], [other]) => (one < other ? -1 : 1)))
}
