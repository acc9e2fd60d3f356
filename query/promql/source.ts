import type { Matcher } from '../../schema/domain/matcher.js'

/** Samples of one series as columns of equal length. */
export interface SampleSeries {
  /** With the metric's name as `__name__`. No two series of one answer hold the same labels. */
  readonly labels: Record<string, string>
  /** Unix ms, strictly ascending. */
  readonly timestamps: Float64Array
  readonly values: Float64Array
  /**
   * 1 where a sample is a staleness marker: the series ends there and the value says nothing. Without it, values with
   * the bits of Prometheus's marker (the NaN 0x7ff0000000000002) are taken for one.
   */
  readonly stale?: Uint8Array
}

/** Where samples come from. */
export interface SeriesSource {
  /**
   * The series that meet all matchers, with their samples from `start` to `end` (Unix ms, both included); a series
   * without one may be left out, and samples outside do no harm. The metric's name is matched as label `__name__`.
   */
  select(
    matchers: readonly Matcher[],
    range: { readonly start: number; readonly end: number },
  ): Promise<readonly SampleSeries[]>
}
