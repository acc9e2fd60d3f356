/**
 * The φ-quantile of values, interpolated between the two nearest; NaN counts as the smallest. Sorts a copy. Outside
 * [0, 1] it is −Inf or +Inf, NaN for no values or for φ NaN.
 */
export function quantile(phi: number, values: Float64Array | readonly number[]): number {
  if (values.length === 0 || Number.isNaN(phi)) return Number.NaN
  if (phi < 0) return Number.NEGATIVE_INFINITY
  if (phi > 1) return Number.POSITIVE_INFINITY
  // The built-in order without a comparator is many times faster; it puts NaN last.
  const sorted = Float64Array.from(values).sort()
  let nans = 0
  while (nans < sorted.length && Number.isNaN(sorted[sorted.length - 1 - nans])) nans++
  const valueAt = (place: number) => (place < nans ? Number.NaN : (sorted[place - nans] ?? 0))
  const rank = phi * (sorted.length - 1)
  const lower = Math.max(0, Math.floor(rank))
  const upper = Math.min(sorted.length - 1, lower + 1)
  const weight = rank - Math.floor(rank)
  return valueAt(lower) * (1 - weight) + valueAt(upper) * weight
}

/** Whether φ is a proportion; anything else deserves a warning. */
export function isProportion(phi: number): boolean {
  return phi >= 0 && phi <= 1
}
