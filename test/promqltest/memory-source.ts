import { compileMatchers } from '../../query/promql/match-labels.js'
import type { SampleSeries, SeriesSource } from '../../query/promql/source.js'
import type { Matcher } from '../../schema/domain/matcher.js'
import type { WrittenSample, WrittenSeries } from './series-notation.js'

/** Holds what scripts load. */
export class MemorySource implements SeriesSource {
  private readonly series = new Map<string, { labels: Record<string, string>; samples: Map<number, WrittenSample> }>()
  /** A selector has met native histograms since this was last set to false. */
  metHistograms = false

  /** Adds samples from time 0 on, `interval` ms apart; a histogram by classic buckets is also kept as a native one. */
  load(written: readonly WrittenSeries[], interval: number, withHistograms: boolean): void {
    for (const { labels, samples } of written) {
      this.add(labels, samples, interval)
      const name = labels.__name__ ?? ''
      if (!withHistograms || !name.endsWith('_bucket')) continue
      const { le: _, ...rest } = labels
      this.add(
        { ...rest, __name__: name.slice(0, -'_bucket'.length) },
        samples.map(() => 'histogram' as const),
        interval,
      )
    }
  }

  async select(matchers: readonly Matcher[], { start, end }: { start: number; end: number }): Promise<SampleSeries[]> {
    const found: SampleSeries[] = []
    const meets = compileMatchers(matchers)
    for (const { labels, samples } of this.series.values()) {
      if (!meets(labels)) continue
      const inside = [...samples].filter(([time]) => time >= start && time <= end).sort(([one], [other]) => one - other)
      if (inside.some(([, sample]) => sample === 'histogram')) this.metHistograms = true
      const plain = inside.filter(([, sample]) => sample !== 'histogram')
      if (plain.length === 0) continue
      found.push({
        labels,
        timestamps: Float64Array.from(plain, ([time]) => time),
        values: Float64Array.from(plain, ([, sample]) => (typeof sample === 'number' ? sample : Number.NaN)),
        stale: Uint8Array.from(plain, ([, sample]) => (sample === 'stale' ? 1 : 0)),
      })
    }
    return found
  }

  private add(labels: Readonly<Record<string, string>>, samples: readonly WrittenSample[], interval: number): void {
    const key = JSON.stringify(Object.entries(labels).sort())
    const series = this.series.get(key) ?? { labels: { ...labels }, samples: new Map<number, WrittenSample>() }
    this.series.set(key, series)
    samples.forEach((sample, index) => {
      if (sample !== 'none') series.samples.set(index * interval, sample)
    })
  }
}
