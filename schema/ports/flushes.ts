import type { FlushSnapshot } from '../domain/horizon.js'
import type { ScrubPolicy } from '../domain/scrub.js'
import type { Signal } from '../domain/signal.js'

/** What a flush adds for one org, in one hour of acceptance. */
export interface FlushLine {
  readonly orgId: string
  /** Start of the hour in which the batches were accepted, Unix ms. */
  readonly acceptedHour: number
  /** Distinct slices touched, rising. Empty when there are more than `MAX_LISTED_SLICES`: then first to last are. */
  readonly slices: readonly number[]
  readonly firstSlice: number
  readonly lastSlice: number
  readonly rows: number
  readonly bytes: number
}

/** A line that touches more slices than this lists none, and all from the first to the last count as touched. */
export const MAX_LISTED_SLICES = 512

/**
 * What orgs had set when a flush's rows were made. It stands in the manifest while the flush is open: rows that are made
 * again are the same rows, whatever was changed meanwhile.
 */
export interface FlushTerms {
  /** For how many days rows are kept, by org. */
  readonly days: Readonly<Record<string, number>>
  /** How telemetry is scrubbed, by org; those that are not named have the default policy. */
  readonly policies: Readonly<Record<string, ScrubPolicy>>
}

export interface OpenFlush {
  readonly flushId: bigint
  readonly signal: Signal
  /** In the order in which their rows stand in the insert. */
  readonly batchIds: readonly string[]
  readonly lines: readonly FlushLine[]
  /** Null in a manifest of a version that kept none. */
  readonly terms: FlushTerms | null
}

/** What the manifest already knows of claimed batches. */
export interface KnownBatch {
  readonly batchId: string
  readonly flushId: bigint
  readonly closed: boolean
}

/**
 * The flush manifest: written before the insert, closed after it. Exactly-once, usage, dirty slices and AS_SEEN hang
 * on it.
 */
export interface FlushManifests {
  /** Batches among these that already belong to a flush. */
  known(batchIds: readonly string[]): Promise<KnownBatch[]>
  /**
   * Opens a flush. Ids are handed out in commit order. Fails with `BatchTakenError` when a batch already belongs to
   * another flush; nothing is written then.
   */
  open(flush: {
    readonly signal: Signal
    readonly owner: string
    readonly leaseMs: number
    readonly batchIds: readonly string[]
    readonly lines: readonly FlushLine[]
    readonly terms: FlushTerms
  }): Promise<bigint>
  /** Renews the leases of an owner's open flushes. */
  renew(owner: string, leaseMs: number): Promise<void>
  /** Takes over open flushes whose lease ran out (all open ones when `alone`), oldest first, at most `limit`. */
  takeOver(
    owner: string,
    leaseMs: number,
    options: { readonly alone: boolean; readonly limit: number },
  ): Promise<OpenFlush[]>
  /**
   * Closes a flush and counts its usage in one transaction. False when it was closed before: then nothing is counted.
   */
  close(flushId: bigint): Promise<boolean>
  /** Undoes an open flush of which nothing was stored: its batches are free again, nothing is counted. */
  abandon(flushId: bigint): Promise<void>
  /** Which flushes are closed, as of now. */
  snapshot(): Promise<FlushSnapshot>
  /** Slices per org that the second snapshot sees changed and the first does not, for one signal. */
  dirtySlices(orgId: string, signal: Signal, before: FlushSnapshot, after: FlushSnapshot): Promise<DirtySlices>
}

/** Slices touched: single ones and ranges (both ends included). */
export interface DirtySlices {
  readonly slices: readonly number[]
  readonly ranges: readonly { readonly first: number; readonly last: number }[]
}

/** A batch already belongs to another flush. */
export class BatchTakenError extends Error {
  override readonly name = 'BatchTakenError'
}
