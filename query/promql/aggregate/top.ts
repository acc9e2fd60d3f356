import type { Aggregation } from '../ast.js'
import type { Frame } from '../frame.js'
import { fault, type Scope } from '../scope.js'
import { type Column, hasValues, type Value, vector } from '../value.js'
import type { Group } from './groups.js'

/**
 * The k largest or smallest of each group, with their own labels. At one instant they come in order; over several each
 * series keeps its place and shows only where it was among them.
 */
export function topK(scope: Scope, node: Aggregation, groups: readonly Group[], ks: Float64Array, frame: Frame): Value {
  checkCounts(scope, node, ks)
  const direction = node.op === 'topk' ? -1 : 1
  const kept: Column[] = []
  for (const { members } of groups) {
    const masks = members.map(() => new Uint8Array(frame.steps))
    let order: number[] = []
    for (let index = 0; index < frame.steps; index++) {
      order = rank(members, index, direction).slice(0, Math.max(0, Math.trunc(ks[index] ?? 0)))
      for (const place of order) masks[place]?.fill(1, index, index + 1)
    }
    const places = frame.steps === 1 ? order : members.keys()
    for (const place of places) {
      const member = members[place]
      const present = masks[place]
      if (member !== undefined && present !== undefined) kept.push({ ...member, present })
    }
  }
  return vector(kept.filter(hasValues))
}

/** Places of the members that have a value, best first; NaN after all numbers, equals as they came. */
function rank(members: readonly Column[], index: number, direction: number): number[] {
  const places = [...members.keys()].filter((place) => members[place]?.present[index] === 1)
  const valueAt = (place: number) => members[place]?.values[index] ?? 0
  return places.sort((one, other) => {
    const value = valueAt(one)
    const otherValue = valueAt(other)
    if (Number.isNaN(value) || Number.isNaN(otherValue))
      return Number(Number.isNaN(value)) - Number(Number.isNaN(otherValue))
    return value === otherValue ? 0 : value < otherValue ? -direction : direction
  })
}

/** Refuses counts that are no integers of 64 bits, unless none asks for any series. */
export function checkCounts(scope: Scope, node: Aggregation, ks: Float64Array): void {
  const span = (node.param ?? node).span
  if (ks.some(Number.isNaN)) throw fault(scope, span, 'Parameter value is NaN')
  if (ks.every((k) => k < 1)) return
  for (const k of ks) {
    if (k >= 2 ** 63 || k < -(2 ** 63)) throw fault(scope, span, `Scalar value ${k} overflows int64`)
  }
}
