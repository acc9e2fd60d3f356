/** A bucket of a classic histogram: how many observations were at most `upper`. */
export interface Bucket {
  readonly upper: number
  readonly count: number
}

/** Relative difference of neighbouring counts that is rounding and not a fault of the data. */
const ROUNDING = 1e-12

/** Buckets in order, equal bounds merged; null unless the last reaches +Inf, without which nothing can be said. */
export function orderedBuckets(buckets: readonly Bucket[]): Bucket[] | null {
  const merged: Bucket[] = []
  for (const bucket of [...buckets].sort((one, other) =>
    one.upper < other.upper ? -1 : one.upper > other.upper ? 1 : 0,
  )) {
    const last = merged.at(-1)
    if (last?.upper === bucket.upper)
      merged[merged.length - 1] = { upper: bucket.upper, count: last.count + bucket.count }
    else merged.push(bucket)
  }
  return merged.at(-1)?.upper === Number.POSITIVE_INFINITY ? merged : null
}

/** Bounds between which counts were lifted, and by how much at most. */
export interface Lifted {
  readonly from: number
  readonly to: number
  readonly difference: number
}

/** Counts that never fall, and which had to be lifted by more than rounding explains; null for none. */
export function monotonic(buckets: readonly Bucket[]): { buckets: Bucket[]; lifted: Lifted | null } {
  let highest = buckets[0]?.count ?? 0
  let lifted: Lifted | null = null
  const rising = buckets.map(({ upper, count }) => {
    if (count !== highest && !withinRounding(highest, count)) {
      if (count < highest) {
        lifted = {
          from: lifted?.from ?? upper,
          to: upper,
          difference: Math.max(lifted?.difference ?? 0, highest - count),
        }
      } else highest = count
    }
    return { upper, count: highest }
  })
  return { buckets: rising, lifted }
}

function withinRounding(one: number, other: number): boolean {
  const difference = Math.abs(one - other)
  return difference / Math.max(Number.MIN_VALUE, Math.min(Math.abs(one) + Math.abs(other), Number.MAX_VALUE)) < ROUNDING
}

/**
 * The φ-quantile of ordered, monotonic buckets, linear inside a bucket. In the +Inf bucket it is the highest finite
 * bound, in a first bucket that ends at or below 0 that bound. NaN without observations.
 */
export function bucketQuantile(phi: number, buckets: readonly Bucket[]): number {
  if (Number.isNaN(phi)) return Number.NaN
  if (phi < 0) return Number.NEGATIVE_INFINITY
  if (phi > 1) return Number.POSITIVE_INFINITY
  const total = buckets.at(-1)?.count ?? 0
  if (buckets.length < 2 || total === 0 || Number.isNaN(total)) return Number.NaN
  const rank = phi * total
  const found = buckets.slice(0, -1).findIndex(({ count }) => count >= rank)
  const bucket = buckets[found]
  if (bucket === undefined) return buckets.at(-2)?.upper ?? Number.NaN
  if (found === 0 && bucket.upper <= 0) return bucket.upper
  const before = found === 0 ? { upper: 0, count: 0 } : (buckets[found - 1] ?? { upper: 0, count: 0 })
  const share = (rank - before.count) / (bucket.count - before.count)
  return before.upper + (bucket.upper - before.upper) * share
}

/** Share of observations above `lower` and at most `upper`, linear inside a bucket with finite bounds. */
export function bucketFraction(lower: number, upper: number, buckets: readonly Bucket[]): number {
  const total = buckets.at(-1)?.count ?? 0
  if (buckets.length < 2 || total === 0 || Number.isNaN(total) || Number.isNaN(lower) || Number.isNaN(upper))
    return Number.NaN
  if (lower >= upper) return 0
  return (rankOf(upper, buckets, total) - rankOf(lower, buckets, total)) / total
}

/** How many observations lie at or below a value. */
function rankOf(value: number, buckets: readonly Bucket[], total: number): number {
  let from = (buckets[0]?.upper ?? 0) > 0 ? 0 : Number.NEGATIVE_INFINITY
  let rank = 0
  for (const { upper, count } of buckets) {
    if (from >= value) return Math.min(rank, total)
    if (upper > value) {
      const inner =
        from === Number.NEGATIVE_INFINITY ? count : rank + ((count - rank) * (value - from)) / (upper - from)
      return Math.min(inner, total)
    }
    rank = count
    from = upper
  }
  return total
}
