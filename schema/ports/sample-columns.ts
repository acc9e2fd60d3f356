/** Samples of any orgs as columns: the same as a list of `MetricSample`, without an object for each. */
export interface SampleColumns {
  /** Keys of series, as `seriesKey` writes them: texts go from thread to thread in a fraction of an object's time. One may stand more than once. */
  readonly series: readonly string[]
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
  /** @throws StoreError of kind `query` where a series has a text that no store takes. */
  insertColumns(flushId: bigint, columns: SampleColumns): Promise<void>
}
