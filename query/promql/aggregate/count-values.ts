import type { Aggregation } from '../ast.js'
import type { Frame } from '../frame.js'
import { plainNumber } from '../go-number.js'
import { isLabelName, labelKey, withLabel } from '../label-set.js'
import { fault, type Scope, spend, stringOf } from '../scope.js'
import { type Column, emptyColumn, type Value, vector } from '../value.js'
import type { Group } from './groups.js'

/**
 * How often each value stands in a group: a series per value, which it carries in a label. The label may overwrite one
 * that groups, and `without` may take it away again; what then falls together counts together.
 */
export function countValues(scope: Scope, node: Aggregation, groups: readonly Group[], frame: Frame): Value {
  const param = node.param ?? node
  const name = stringOf(scope, param, frame)
  if (!isLabelName(name)) throw fault(scope, param.span, `invalid label name ${printName(name)}`)
  const counts = new Map<string, Column>()
  const columnOf = (group: Group, text: string): Column => {
    const labels = node.without && node.labels.includes(name) ? group.labels : withLabel(group.labels, name, text)
    const key = labelKey(labels)
    const known = counts.get(key)
    if (known !== undefined) return known
    spend(scope, frame.steps, node.span)
    const column = emptyColumn(labels, false, frame.steps)
    counts.set(key, column)
    return column
  }
  for (const group of groups) {
    const byText = new Map<string, Column>()
    for (const { values, present } of group.members) {
      for (let index = 0; index < frame.steps; index++) {
        if (present[index] !== 1) continue
        const text = plainNumber(values[index] ?? 0)
        const column = byText.get(text) ?? columnOf(group, text)
        byText.set(text, column)
        column.values[index] = (column.values[index] ?? 0) + 1
        column.present[index] = 1
      }
    }
  }
  return vector([...counts.values()])
}

/** A name as Go quotes it: bytes that are not UTF-8 as `\xc5`. */
function printName(name: string): string {
  const escaped = [...name].map((char) =>
    /\p{Surrogate}/u.test(char) ? `\\x${(char.charCodeAt(0) - 0xdc00).toString(16)}` : char,
  )
  return `"${escaped.join('')}"`
}
