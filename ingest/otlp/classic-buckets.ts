/** Classic buckets: by rising bound, how many observations were at most `le`. Without `+Inf`. */
export type ClassicBuckets = ReadonlyMap<number, number>

/** Buckets of one sign of an exponential histogram: `counts[i]` is of bucket `offset + i`. */
export interface ExponentialBuckets {
  readonly offset: number
  readonly counts: readonly number[]
}

/**
 * Four buckets for each doubling at most, so a quantile is off by 9 % at most. Finer histograms are merged down to it,
 * which is exact; without it their bounds, and so their series, would change whenever the sender changes its scale.
 */
export const FINEST_SCALE = 2

/**
 * The classic buckets of an exponential histogram, by this scheme: scales finer than `FINEST_SCALE` are merged down to
 * it; then each bucket that holds something gives its upper bound, and the lower one too, so that no observation seems
 * to lie where none was; the zero bucket gives its threshold. Bucket i lies from base^i (exclusive) to base^(i+1),
 * base being 2^(2^-scale). Bounds beyond what a double holds fall to +Inf.
 */
export function classicBuckets(histogram: {
  readonly scale: number
  readonly zeroCount: number
  readonly zeroThreshold: number
  readonly positive: ExponentialBuckets
  readonly negative: ExponentialBuckets
}): ClassicBuckets {
  const { zeroCount, zeroThreshold } = histogram
  const scale = Math.min(histogram.scale, FINEST_SCALE)
  const shift = histogram.scale - scale
  const bound = (index: number) => 2 ** (index * 2 ** -scale)
  const buckets = new Map<number, number>()
  let counted = 0
  const emit = (le: number) => {
    if (Number.isFinite(le)) buckets.set(le + 0, counted)
  }
  for (const [index, count] of merged(histogram.negative, shift).reverse()) {
    emit(-bound(index + 1))
    counted += count
    emit(-bound(index))
  }
  if (zeroCount > 0) {
    if (zeroThreshold > 0) emit(-zeroThreshold)
    counted += zeroCount
    emit(zeroThreshold)
  }
  for (const [index, count] of merged(histogram.positive, shift)) {
    emit(bound(index))
    counted += count
    emit(bound(index + 1))
  }
  return new Map([...buckets].sort(([a], [b]) => a - b))
}

/** Buckets that hold something, by rising index at the coarser scale. */
function merged({ offset, counts }: ExponentialBuckets, shift: number): [index: number, count: number][] {
  const sums = new Map<number, number>()
  for (const [i, count] of counts.entries()) {
    if (count === 0) continue
    const index = Math.floor((offset + i) / 2 ** shift)
    sums.set(index, (sums.get(index) ?? 0) + count)
  }
  return [...sums]
}
