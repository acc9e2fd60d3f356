import type { MetricSample } from '../../schema/ports/telemetry.js'

/** Unix ms of the first sample; those that follow stand every 15 s. */
export const FIRST = Date.parse('2026-03-01T11:00:00Z')
export const LAST = FIRST + 3_600_000
const INTERVAL_MS = 15_000

/** An hour of a small shop: counters with resets, gauges, a histogram, a series with a gap, one that ends, odd values. */
export function shopSamples(orgId: string): MetricSample[] {
  const samples: MetricSample[] = []
  const counts = new Map<string, number>()
  const add = (kind: MetricSample['kind'], name: string, labels: Record<string, string>, ts: number, value: number) =>
    samples.push({ orgId, name, kind, labels, ts, value })
  for (let index = 0, ts = FIRST; ts <= LAST; index++, ts += INTERVAL_MS) {
    for (const service of ['cart', 'checkout', 'search'])
      for (const code of ['200', '404', '500']) {
        const key = service + code
        // A restart of checkout half-way through.
        const before = service === 'checkout' && index === 120 ? 0 : (counts.get(key) ?? 0)
        const next = before + ((index * 7 + service.length * 3 + Number(code)) % 11) + (code === '200' ? 20 : 0)
        counts.set(key, next)
        add('counter', 'http_requests_total', { service, code, instance: 'a:80' }, ts, next)
      }
    for (const service of ['cart', 'checkout', 'search'])
      add('gauge', 'queue_length', { service }, ts, Math.round(1_000 * Math.sin(index / 9 + service.length)) / 8)
    let sum = 0
    for (const [le, share] of BUCKETS) {
      sum += Math.floor(index * share)
      add('counter', 'request_seconds_bucket', { service: 'cart', le }, ts, sum)
    }
    // Ten minutes without a sample.
    if (index < 80 || index > 120) add('gauge', 'temperature_celsius', { room: 'north "1"\\a' }, ts, index / 3 - 20)
    if (index < 100) add('gauge', 'up', { job: 'gone' }, ts, 1)
    add('gauge', 'up', { job: 'there' }, ts, index % 50 === 0 ? 0 : 1)
    add('gauge', 'odd', { value: 'nan' }, ts, Number.NaN)
    add('gauge', 'odd', { value: 'inf' }, ts, Number.POSITIVE_INFINITY)
    add('gauge', 'odd', { value: 'small' }, ts, 1.5e-9 * (index + 1))
    add('gauge', 'odd', { value: 'large' }, ts, 3e22 + index * 1e20)
  }
  return samples
}

const BUCKETS = [
  ['0.1', 2],
  ['0.5', 1.5],
  ['1', 0.5],
  ['5', 0.25],
  ['+Inf', 0.1],
] as const

/** The samples as OpenMetrics text, a family at a time. */
export function openMetricsText(samples: readonly MetricSample[]): string {
  const families = new Map<string, string[]>()
  for (const { name, labels, ts, value } of samples) {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`)
    const lines = families.get(name) ?? []
    families.set(name, lines)
    lines.push(`${name}{${pairs.join(',')}} ${numberText(value)} ${ts / 1_000}`)
  }
  const text = [...families].map(([name, lines]) => `# TYPE ${name} unknown\n${lines.sort(bySeries).join('\n')}\n`)
  return `${text.join('')}# EOF\n`
}

/** Samples of one series follow each other in time; the order of the series is of no matter. */
function bySeries(one: string, other: string): number {
  const [series, otherSeries] = [one.slice(0, one.lastIndexOf('}')), other.slice(0, other.lastIndexOf('}'))]
  return series < otherSeries ? -1 : series > otherSeries ? 1 : 0
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
