/*
 * Prometheus' text format, version 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/), as far as we
 * show ourselves in it.
 */

/** One metric with its series. */
export interface MetricFamily {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** One line, without a line break. */
  readonly help: string
  readonly samples: readonly MetricSample[]
}

export interface MetricSample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
  /** Of a histogram's parts: `_bucket`, `_sum`, `_count`. */
  readonly suffix?: string
}

/** The text of families; one without series is left out. */
export function exposition(families: readonly MetricFamily[]): string {
  const lines: string[] = []
  for (const { name, type, help, samples } of families) {
    if (samples.length === 0) continue
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
    for (const { labels = {}, value, suffix = '' } of samples)
      lines.push(`${name}${suffix}${labelText(labels)} ${numberText(value)}`)
  }
  return lines.map((line) => `${line}\n`).join('')
}

/** Durations counted in classic buckets, by the value of one label. */
export class DurationHistogram {
  readonly #series = new Map<string, { readonly counts: number[]; sum: number; total: number }>()

  constructor(
    /** Upper bounds in seconds, rising. */
    private readonly bounds: readonly number[],
    private readonly label: string,
  ) {}

  observe(labelValue: string, seconds: number): void {
    const series = this.#series.get(labelValue) ?? { counts: this.bounds.map(() => 0), sum: 0, total: 0 }
    this.#series.set(labelValue, series)
    const bucket = this.bounds.findIndex((bound) => seconds <= bound)
    if (bucket !== -1) series.counts[bucket] = (series.counts[bucket] ?? 0) + 1
    series.sum += seconds
    series.total++
  }

  samples(): MetricSample[] {
    return [...this.#series].flatMap(([value, { counts, sum, total }]) => {
      const own = { [this.label]: value }
      let below = 0
      const buckets = this.bounds.map((bound, index) => {
        below += counts[index] ?? 0
        return { suffix: '_bucket', labels: { ...own, le: String(bound) }, value: below }
      })
      return [
        ...buckets,
        { suffix: '_bucket', labels: { ...own, le: '+Inf' }, value: total },
        { suffix: '_sum', labels: own, value: sum },
        { suffix: '_count', labels: own, value: total },
      ]
    })
  }
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([name, value]) => {
    const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
    return `${name}="${escaped}"`
  })
  return parts.length === 0 ? '' : `{${parts.join(',')}}`
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (Number.isFinite(value)) return String(value)
  return value > 0 ? '+Inf' : '-Inf'
}
