/**
 * A quantile sketch with relative error: DDSketch (Masson, Rim, Lee, "DDSketch: A Fast and Fully-Mergeable Quantile
 * Sketch with Relative-Error Guarantees", PVLDB 12(12), 2019). A positive value v falls into bucket
 * ceil(log_gamma(v)); negative values mirror below `ZERO_BUCKET`, zero has a bucket of its own. A sketch is a map
 * from bucket to count, so that merging is adding.
 */

/** Relative error of a quantile, a ratio. */
export const SKETCH_ERROR = 0.01
export const SKETCH_GAMMA = (1 + SKETCH_ERROR) / (1 - SKETCH_ERROR)

/** Positive values take buckets above this offset, negative ones the mirror image below its negation. */
export const SKETCH_OFFSET = 100_000

/** Bucket of a finite value. The evaluator computes the same in SQL. */
export function sketchBucket(value: number): number {
  if (value === 0) return 0
  const bucket = Math.ceil(Math.log(Math.abs(value)) / Math.log(SKETCH_GAMMA)) + SKETCH_OFFSET
  return value > 0 ? bucket : -bucket
}

/** The value a bucket stands for: within `SKETCH_ERROR` of every value in it. */
export function sketchValue(bucket: number): number {
  if (bucket === 0) return 0
  const magnitude = (2 * SKETCH_GAMMA ** (Math.abs(bucket) - SKETCH_OFFSET)) / (SKETCH_GAMMA + 1)
  return bucket > 0 ? magnitude : -magnitude
}

/** The q-quantile (0 to 1) by nearest rank, or null for an empty sketch. */
export function sketchQuantile(sketch: ReadonlyMap<number, number>, q: number): number | null {
  const buckets = [...sketch].sort((a, b) => a[0] - b[0])
  const total = buckets.reduce((sum, [, count]) => sum + count, 0)
  if (total === 0) return null
  const rank = Math.max(1, Math.ceil(q * total))
  let seen = 0
  for (const [bucket, count] of buckets) {
    seen += count
    if (seen >= rank) return sketchValue(bucket)
  }
  return null
}
