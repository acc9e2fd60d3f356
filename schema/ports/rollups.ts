import type { FlushSnapshot } from '../domain/horizon.js'
import type { Labels } from '../domain/labels.js'
import type { Matcher } from '../domain/matcher.js'
import type { ReadLimits } from './series.js'

/** How far the rollups of metrics are. */
export interface RollupProgress {
  /** The flushes that they count in. */
  readonly snapshot: FlushSnapshot
  /** Buckets from here on hold exactly the samples after their start and up to their end, Unix ms. */
  readonly exactFrom: number
}

/** What is read between two times, the first left out and the last included, Unix ms. Those of buckets are ends of buckets. */
export interface RollupPiece {
  readonly kind: 'samples' | 'buckets'
  readonly after: number
  readonly until: number
}

/** A series as rows of numbers, laid out as `query/promql/rolled/bucket-rows.ts` says. */
export interface RolledRows {
  readonly labels: Labels
  readonly rows: Float64Array
}

/** Reads an org's rollups. */
export interface RollupReader {
  /** Null where nobody knows how far they are. */
  progress(): Promise<RollupProgress | null>
  /**
   * Series that meet all matchers, with their buckets of one length and samples (as rows, without staleness markers) of
   * pieces in order of time. A series without any may be left out.
   */
  select(
    matchers: readonly Matcher[],
    levelMs: number,
    pieces: readonly RollupPiece[],
    limits: ReadLimits,
  ): Promise<readonly RolledRows[]>
}
