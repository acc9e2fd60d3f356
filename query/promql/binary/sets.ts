import type { SetOp } from '../ast.js'
import { anyPresent, type Column, hasValues } from '../value.js'

/**
 * `and`, `or` and `unless`, instant by instant: a series of the left side stays if the right side has (has not) one with
 * its key; with `or`, series of the right side join whose key the left side has not.
 *
 * @param keyOf Text of the labels to match by.
 */
export function combineSets(
  op: SetOp,
  left: readonly Column[],
  right: readonly Column[],
  steps: number,
  keyOf: (column: Column) => string,
): Column[] {
  if (op === 'or') return [...left, ...masked(right, presenceByKey(left, steps, keyOf), keyOf, false)]
  return masked(left, presenceByKey(right, steps, keyOf), keyOf, op === 'and')
}

/** For each key the instants at which any column of it has a value. */
function presenceByKey(
  columns: readonly Column[],
  steps: number,
  keyOf: (column: Column) => string,
): Map<string, Uint8Array> {
  const byKey = new Map<string, Column[]>()
  for (const column of columns) {
    const key = keyOf(column)
    const group = byKey.get(key)
    if (group === undefined) byKey.set(key, [column])
    else group.push(column)
  }
  return new Map([...byKey].map(([key, group]) => [key, anyPresent(group, steps)]))
}

function masked(
  columns: readonly Column[],
  seen: ReadonlyMap<string, Uint8Array>,
  keyOf: (column: Column) => string,
  keepSeen: boolean,
): Column[] {
  return columns
    .map((column) => {
      const mask = seen.get(keyOf(column))
      const present = column.present.map((one, index) => (one === 1 && (mask?.[index] === 1) === keepSeen ? 1 : 0))
      return { ...column, present }
    })
    .filter(hasValues)
}
