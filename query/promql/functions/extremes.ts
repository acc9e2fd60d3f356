/** The lesser of two numbers, NaN beside one that is not −Inf: below −Inf there is nothing, whatever NaN stands for. */
export function lesser(one: number, other: number): number {
  const lowest = Number.NEGATIVE_INFINITY
  return one === lowest || other === lowest ? lowest : Math.min(one, other)
}

/** The greater of two numbers, NaN beside one that is not +Inf. */
export function greater(one: number, other: number): number {
  const highest = Number.POSITIVE_INFINITY
  return one === highest || other === highest ? highest : Math.max(one, other)
}
