import type { Labels } from '../../../schema/domain/labels.js'
import type { Aggregation } from '../ast.js'
import type { Frame } from '../frame.js'
import { shortNumber } from '../go-number.js'
import { labelOf, sortedNames } from '../label-set.js'
import { fault, type Scope } from '../scope.js'
import { type Column, hasValues, type Value, vector } from '../value.js'
import type { Group } from './groups.js'
import { checkCounts } from './top.js'
import { xxHash64 } from './xx-hash.js'

/** The first k series of each group that have a value. */
export function limitK(
  scope: Scope,
  node: Aggregation,
  groups: readonly Group[],
  ks: Float64Array,
  frame: Frame,
): Value {
  checkCounts(scope, node, ks)
  const kept: Column[] = []
  for (const { members } of groups) {
    const taken = new Float64Array(frame.steps)
    for (const member of members) {
      const present = member.present.map((one, index) => {
        if (one !== 1 || (taken[index] ?? 0) + 1 > (ks[index] ?? 0)) return 0
        taken[index] = (taken[index] ?? 0) + 1
        return 1
      })
      kept.push({ ...member, present })
    }
  }
  return vector(kept.filter(hasValues))
}

/**
 * A share of series picked by a hash of their labels: a ratio from the low end of hashes, a negative one from the high
 * end, so that r and r − 1 complement each other.
 */
export function limitRatio(
  scope: Scope,
  node: Aggregation,
  columns: readonly Column[],
  ratios: Float64Array,
  frame: Frame,
): Value {
  checkRatios(scope, node, ratios)
  const kept = columns.map((column) => {
    const place = hashPlace(column.labels)
    const present = new Uint8Array(frame.steps)
    for (let index = 0; index < frame.steps; index++) {
      const ratio = ratios[index] ?? 0
      const taken = ratio >= 0 ? ratio >= 1 || place < ratio : ratio <= -1 || place >= 1 + ratio
      if (taken) present[index] = column.present[index] ?? 0
    }
    return { ...column, present }
  })
  return vector(kept.filter(hasValues))
}

/** Refuses a ratio that is no number, and warns of the highest and the lowest one beyond all series. */
function checkRatios(scope: Scope, node: Aggregation, ratios: Float64Array): void {
  const span = (node.param ?? node).span
  if (ratios.some(Number.isNaN)) throw fault(scope, span, 'Ratio value is NaN')
  const sorted = ratios.toSorted()
  const warn = (ratio: number, to: number) =>
    scope.notes.warn(`ratio value should be between -1 and 1, got ${shortNumber(ratio)}, capping to ${to}`, span)
  if ((sorted.at(-1) ?? 0) > 1) warn(sorted.at(-1) ?? 0, 1)
  if ((sorted[0] ?? 0) < -1) warn(sorted[0] ?? 0, -1)
}

/**
 * Where a label set's hash lies between 0 and 1. It is Prometheus's own hash (XXH64 over names and values, each after
 * its length), so that the same series are picked.
 */
function hashPlace(labels: Labels): number {
  const bytes: number[] = []
  const append = (text: string) => {
    const utf8 = Buffer.from(text)
    if (utf8.length < 255) bytes.push(utf8.length)
    else bytes.push(255, utf8.length & 0xff, (utf8.length >> 8) & 0xff, (utf8.length >> 16) & 0xff)
    bytes.push(...utf8)
  }
  for (const name of sortedNames(labels)) {
    append(name)
    append(labelOf(labels, name))
  }
  return Number(xxHash64(Uint8Array.from(bytes))) / 2 ** 64
}
