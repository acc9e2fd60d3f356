/** Counters and durations in the text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export interface Metrics {
  /** Adds one to a counter. The set of label values must be small. */
  count(name: string, labels: Readonly<Record<string, string>>): void
  /** Adds a duration in seconds to a histogram. */
  observe(name: string, labels: Readonly<Record<string, string>>, seconds: number): void
  text(): string
}

/** Seconds; from one indexed read to the bound on a slow query. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

interface Histogram {
  readonly counts: number[]
  sum: number
  total: number
}

/** @param help What each metric means, by its name; a metric that is not named here cannot be counted. */
export function createMetrics(help: Readonly<Record<string, string>>): Metrics {
  const counters = new Map<string, Map<string, number>>()
  const histograms = new Map<string, Map<string, Histogram>>()
  return {
    count(name, labels) {
      const series = seriesOf(counters, name)
      const key = labelText(labels)
      series.set(key, (series.get(key) ?? 0) + 1)
    },
    observe(name, labels, seconds) {
      const series = seriesOf(histograms, name)
      const key = labelText(labels)
      const histogram = series.get(key) ?? { counts: BUCKETS.map(() => 0), sum: 0, total: 0 }
      series.set(key, histogram)
      BUCKETS.forEach((bound, index) => {
        if (seconds <= bound) histogram.counts[index] = (histogram.counts[index] ?? 0) + 1
      })
      histogram.sum += seconds
      histogram.total += 1
    },
    text() {
      const lines: string[] = []
      for (const [name, series] of counters) {
        lines.push(`# HELP ${name} ${help[name]}`, `# TYPE ${name} counter`)
        for (const [labels, value] of series) lines.push(`${name}${braced(labels)} ${value}`)
      }
      for (const [name, series] of histograms) {
        lines.push(`# HELP ${name} ${help[name]}`, `# TYPE ${name} histogram`)
        for (const [labels, { counts, sum, total }] of series) {
          const rest = labels === '' ? '' : `${labels},`
          BUCKETS.forEach((bound, index) => {
            lines.push(`${name}_bucket{${rest}le="${bound}"} ${counts[index]}`)
          })
          lines.push(`${name}_bucket{${rest}le="+Inf"} ${total}`)
          lines.push(`${name}_sum${braced(labels)} ${sum}`, `${name}_count${braced(labels)} ${total}`)
        }
      }
      return lines.length === 0 ? '' : `${lines.join('\n')}\n`
    },
  }

  function seriesOf<Value>(all: Map<string, Map<string, Value>>, name: string): Map<string, Value> {
    if (!(name in help)) throw new TypeError(`No metric is named ${name}.`)
    const series = all.get(name) ?? new Map<string, Value>()
    all.set(name, series)
    return series
  }
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(
      ([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (found) => (found === '\n' ? '\\n' : `\\${found}`))}"`,
    )
    .join(',')
}

function braced(labels: string): string {
  return labels === '' ? '' : `{${labels}}`
}
