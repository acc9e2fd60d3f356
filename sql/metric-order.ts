/**
 * Positions of samples in the order of series and time, of those with the same series and time the first alone. Writers
 * that write in this order cannot wait for each other in a circle, and touch each page of the index once.
 */
export function distinctOrder(series: Float64Array, timestamps: Float64Array): Uint32Array {
  const order = new Uint32Array(series.length)
  for (let i = 0; i < order.length; i++) order[i] = i
  const compare = (a: number, b: number) =>
    at(series, a) - at(series, b) || at(timestamps, a) - at(timestamps, b) || a - b
  if (!isSorted(order, compare)) order.sort(compare)
  let kept = 0
  for (const i of order) {
    const last = order[kept - 1]
    if (last !== undefined && series[last] === series[i] && timestamps[last] === timestamps[i]) continue
    order[kept++] = i
  }
  return order.subarray(0, kept)
}

function isSorted(order: Uint32Array, compare: (a: number, b: number) => number): boolean {
  for (let i = 1; i < order.length; i++) if (compare(i - 1, i) > 0) return false
  return true
}

function at(column: Float64Array, i: number): number {
  return column[i] ?? 0
}
