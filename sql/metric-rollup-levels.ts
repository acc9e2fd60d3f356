/** A table of rollups and how long its buckets are, ms; each is a whole multiple of the one before. */
export interface RollupLevel {
  readonly table: 'rollup_1m' | 'rollup_5m' | 'rollup_1h'
  readonly ms: number
}

export const ROLLUP_LEVELS: readonly [RollupLevel, RollupLevel, RollupLevel] = [
  { table: 'rollup_1m', ms: 60_000 },
  { table: 'rollup_5m', ms: 300_000 },
  { table: 'rollup_1h', ms: 3_600_000 },
]

/** Start of the bucket that a finer one with this start is part of, Unix ms. A bucket holds its end and not its start. */
export function bucketOf(level: RollupLevel, ms: number): number {
  return Math.floor(ms / level.ms) * level.ms
}
