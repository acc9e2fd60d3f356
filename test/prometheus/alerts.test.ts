import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { evaluateRange } from '../../query/promql/index.js'
import { ALERT_EXPRESSIONS } from './alert-expressions.js'
import { alertWorld, samplesSource, WORLD_LAST } from './alert-world.js'
import { comparedParts } from './compared-parts.js'
import { hasPrometheus, startPrometheus } from './prometheus-server.js'
import { openMetricsText } from './samples.js'

/*
 * A Prometheus server and our engine judge the same alerts over the same samples, at times off their grid: at a sample's
 * own time Prometheus 2 and 3 differ in whether a window holds its left edge.
 */

const installed = hasPrometheus()
if (!installed) console.warn('promtool and prometheus are not installed (apt-get install prometheus): skipped.')

const ALERTS = Object.values(ALERT_EXPRESSIONS).flat()
/** Alerts, and what they compare: where an alert is silent on both sides, that still says something. */
const ALL = [...new Set([...ALERTS, ...ALERTS.flatMap(comparedParts)])]
const END = WORLD_LAST - 593_000
const RANGE = { start: END - 600_000, end: END, step: 60_000 }

describe.skipIf(!installed)('Prometheus', () => {
  const samples = alertWorld('org', ALL)
  const source = samplesSource(samples)
  let url = ''
  let stop = async () => {}
  beforeAll(async () => {
    const server = await startPrometheus(openMetricsText(samples))
    url = server.url
    stop = server.stop
  })
  afterAll(() => stop())

  it.each(ALL)('judges alike: %s', async (query) => {
    const { series } = await evaluateRange(query, { source, ...RANGE })
    const found = series.flatMap(({ labels, timestamps, values }) =>
      Array.from(timestamps, (at, i) => point(labels, at, values[i] ?? Number.NaN)),
    )
    const wanted = await theirs(query)
    expect(found.map(({ place }) => place).sort()).toEqual(wanted.map(({ place }) => place).sort())
    const ours = new Map(found.map(({ place, value }) => [place, value]))
    for (const { place, value } of wanted) expectAlike(place, ours.get(place) ?? Number.NaN, value)
  })

  async function theirs(query: string): Promise<Point[]> {
    const form = { query, start: RANGE.start / 1_000, end: RANGE.end / 1_000, step: RANGE.step / 1_000 }
    const body = new URLSearchParams(
      Object.entries(form).map(([name, value]): [string, string] => [name, String(value)]),
    )
    const answer = (await (await fetch(`${url}/api/v1/query_range`, { method: 'POST', body })).json()) as Answer
    if (answer.status !== 'success') throw new Error(`${query}: ${answer.error}`)
    return answer.data.result.flatMap(({ metric, values }) =>
      values.map(([seconds, text]) => point(metric, Math.round(seconds * 1_000), numberOf(text))),
    )
  }
})

interface Answer {
  readonly status: string
  readonly error?: string
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>
      readonly values: readonly (readonly [seconds: number, text: string])[]
    }[]
  }
}

interface Point {
  readonly place: string
  readonly value: number
}

function point(labels: Readonly<Record<string, string>>, at: number, value: number): Point {
  return { place: `${JSON.stringify(Object.entries(labels).sort())} ${at}`, value }
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text)
}

/** Alike to the 12th digit: versions sum in different orders. */
function expectAlike(place: string, found: number, wanted: number): void {
  const near = Math.abs(found - wanted) <= 1e-12 * Math.max(Math.abs(found), Math.abs(wanted), 1e-3)
  if (!near && !Object.is(found, wanted)) expect(`${place} ${found}`).toBe(`${place} ${wanted}`)
}
