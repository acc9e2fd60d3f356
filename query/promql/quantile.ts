/**
 * The φ-quantile of values, interpolated between the two nearest; NaN counts as the smallest. Sorts a copy. Outside
 * [0, 1] it is −Inf or +Inf, NaN for no values or for φ NaN.
 */
export function quantile(phi: number, values: Float64Array | readonly number[]): number {
  if (values.length === 0 || Number.isNaN(phi)) return Number.NaN
  if (phi < 0) return Number.NEGATIVE_INFINITY
  if (phi > 1) return Number.POSITIVE_INFINITY
  const sorted = Float64Array.from(values).sort(ascendingNanFirst)
  const rank = phi * (sorted.length - 1)
  const lower = Math.max(0, Math.floor(rank))
  const upper = Math.min(sorted.length - 1, lower + 1)
  const weight = rank - Math.floor(rank)
  return (sorted[lower] ?? 0) * (1 - weight) + (sorted[upper] ?? 0) * weight
}

function ascendingNanFirst(one: number, other: number): number {
  if (Number.isNaN(one)) return Number.isNaN(other) ? 0 : -1
  if (Number.isNaN(other)) return 1
  return one - other || 0
}

/** Whether φ is a proportion; anything else deserves a warning. */
export function isProportion(phi: number): boolean {
  return phi >= 0 && phi <= 1
}
