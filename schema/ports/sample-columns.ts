import type { MetricSample } from './telemetry.js'

/** What tells a series from all others, and what kind its sender says it is. */
export type SampleSeries = Pick<MetricSample, 'orgId' | 'name' | 'kind' | 'labels'>

/** Samples of any orgs as columns: the same as a list of `MetricSample`, without an object for each. */
export interface SampleColumns {
  /** A series may stand more than once. */
  readonly series: readonly SampleSeries[]
  /** Of each sample, which of `series` it belongs to. */
  readonly seriesOf: Uint32Array
  /** Unix ms. */
  readonly timestamps: Float64Array
  readonly values: Float64Array
  /** 1 for a staleness marker. */
  readonly stale: Uint8Array
}

/** Stores samples as `MetricWriter` does, from columns. */
export interface SampleColumnWriter {
  insertColumns(flushId: bigint, columns: SampleColumns): Promise<void>
}
