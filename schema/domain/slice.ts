/** Length of a slice in milliseconds: the grid on which every measure is kept and every rule is judged. */
export const SLICE_MS = 10_000

/** Number of the slice that holds a time: whole slices since the Unix epoch. */
export function sliceOf(ms: number): number {
  return Math.floor(ms / SLICE_MS)
}

/** Start of a slice, Unix milliseconds. A slice holds its start and not its end. */
export function sliceStart(slice: number): number {
  return slice * SLICE_MS
}

/**
 * Mergeable partials of one measure and group: over a slice, or over a window as the merge of its slices. Quantiles
 * stand in a sketch of logarithmic buckets (see sketch.ts); `null` where the aggregate needs none.
 */
export interface SlicePartial {
  readonly count: number
  readonly sum: number
  /** Infinity where no value was seen. */
  readonly min: number
  /** -Infinity where no value was seen. */
  readonly max: number
  readonly sketch: ReadonlyMap<number, number> | null
}

/** The neutral element of the merge. */
export const EMPTY_PARTIAL: SlicePartial = { count: 0, sum: 0, min: Infinity, max: -Infinity, sketch: null }

/** The merge of two partials; associative and commutative up to floating-point addition of `sum`. */
export function mergePartials(a: SlicePartial, b: SlicePartial): SlicePartial {
  let sketch = a.sketch ?? b.sketch
  if (a.sketch !== null && b.sketch !== null) {
    const merged = new Map(a.sketch)
    for (const [bucket, count] of b.sketch) merged.set(bucket, (merged.get(bucket) ?? 0) + count)
    sketch = merged
  }
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    sketch,
  }
}
