import { compareLabels, labelOf } from '../label-set.js'
import { stringOf } from '../scope.js'
import { type Column, vector } from '../value.js'
import { argument, type Builtin, type Builtins, type Invocation, vectorArgument } from './builtin.js'
import { naturalOrder } from './natural-order.js'

/** Functions that order an instant vector; over a range of instants order has no meaning, and a warning says so. */
export const SORT_FUNCTIONS: Builtins = {
  sort: ordering(() => (one, other) => byValue(one, other, 1)),
  sort_desc: ordering(() => (one, other) => byValue(one, other, -1)),
  sort_by_label: ordering((invocation) => byLabels(invocation, 1)),
  sort_by_label_desc: ordering((invocation) => byLabels(invocation, -1)),
}

type Order = (one: Column, other: Column) => number

function ordering(orderOf: (invocation: Invocation) => Order): Builtin {
  return (invocation) => {
    const { scope, frame, call } = invocation
    const columns = vectorArgument(invocation, 0)
    if (frame.steps === 1) return vector([...columns].sort(orderOf(invocation)))
    scope.notes.warn('sort is ineffective for range queries since results are always ordered by labels', call.span)
    return vector(columns)
  }
}

/** By value in a direction; NaN comes last in both. */
function byValue(one: Column, other: Column, direction: 1 | -1): number {
  const value = one.values[0] ?? 0
  const otherValue = other.values[0] ?? 0
  if (Number.isNaN(value) || Number.isNaN(otherValue))
    return Number(Number.isNaN(value)) - Number(Number.isNaN(otherValue))
  return value === otherValue ? 0 : value < otherValue ? -direction : direction
}

function byLabels(invocation: Invocation, direction: 1 | -1): Order {
  const { scope, frame, call } = invocation
  const names = call.args.slice(1).map((_, index) => stringOf(scope, argument(invocation, index + 1), frame))
  return (one, other) => {
    for (const name of names) {
      const order = naturalOrder(labelOf(one.labels, name), labelOf(other.labels, name))
      if (order !== 0) return order * direction
    }
    return compareLabels(one.labels, other.labels) * direction
  }
}
