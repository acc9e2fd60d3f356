import type { ClaimedBatch, FlushLine, OpenFlush } from '../../schema/ports.js'

/**
 * How one signal is parsed and stored. The normalizer drives it: prepare, write the manifest, store, close,
 * acknowledge.
 */
export interface SignalSink {
  /**
   * Parses batches into what will be stored, and says what that touches. The same batches in the same order give the
   * same bytes. Throws `PoisonBatchError` for a batch that cannot be parsed.
   */
  prepare(batches: readonly ClaimedBatch[]): Promise<PreparedFlush>
  /** Whether all rows of a flush that a dead process left open are stored already. */
  isStored(flush: OpenFlush): Promise<boolean>
}

export interface PreparedFlush {
  readonly lines: readonly FlushLine[]
  /** Stores under the flush's id; the same again adds nothing. Throws `StoreError`. */
  store(flushId: bigint): Promise<void>
}
