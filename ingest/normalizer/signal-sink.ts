import type { ClaimedBatch, FlushLine, FlushTerms, OpenFlush } from '../../schema/ports.js'

/**
 * How one signal is parsed and stored. The normalizer drives it: prepare, write the manifest, store, close,
 * acknowledge.
 */
export interface SignalSink {
  /**
   * Parses batches into what will be stored, and says what that touches. The same batches in the same order under the
   * same terms give the same bytes. Throws `PoisonBatchError` for a batch that cannot be parsed.
   *
   * @param terms Those of a flush that is open already; left out or null, what the batches' orgs have set now.
   */
  prepare(batches: readonly ClaimedBatch[], terms?: FlushTerms | null): Promise<PreparedFlush>
  /** Whether all rows of a flush that a dead process left open are stored already. */
  isStored(flush: OpenFlush): Promise<boolean>
}

export interface PreparedFlush {
  readonly lines: readonly FlushLine[]
  /** Under what it was made: to be kept in the manifest. */
  readonly terms: FlushTerms
  /** Stores under the flush's id; the same again adds nothing. Throws `StoreError`. */
  store(flushId: bigint): Promise<void>
}

/** Whose batches these are, each org once. */
export function orgsOf(batches: readonly ClaimedBatch[]): ReadonlySet<string> {
  return new Set(batches.map(({ orgId }) => orgId))
}
