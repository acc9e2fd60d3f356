import type { Aggregation } from '../ast.js'
import type { Frame } from '../frame.js'
import { shortNumber } from '../go-number.js'
import { isProportion } from '../quantile.js'
import { type Scope, scalarOf, spend, vectorOf } from '../scope.js'
import { emptyColumn, hasValues, type Value, vector } from '../value.js'
import { countValues } from './count-values.js'
import { FOLDS, type Fold, quantileFold } from './folds.js'
import { type Group, groupColumns } from './groups.js'
import { limitK, limitRatio } from './limit.js'
import { topK } from './top.js'

/** Evaluates an aggregation over a frame. */
export function aggregate(scope: Scope, node: Aggregation, frame: Frame): Value {
  const columns = vectorOf(scope, node.expr, frame)
  const param = node.param === null || node.op === 'count_values' ? null : scalarOf(scope, node.param, frame)
  const groups = groupColumns(node, columns)
  switch (node.op) {
    case 'topk':
    case 'bottomk':
      return topK(scope, node, groups, param ?? new Float64Array(), frame)
    case 'limitk':
      return limitK(scope, node, groups, param ?? new Float64Array(), frame)
    case 'limit_ratio':
      return limitRatio(scope, node, columns, param ?? new Float64Array(), frame)
    case 'count_values':
      return countValues(scope, node, groups, frame)
    case 'quantile':
      return foldGroups(scope, node, groups, quantileFold(checkedPhis(scope, node, param ?? new Float64Array())), frame)
    default:
      return foldGroups(scope, node, groups, FOLDS[node.op], frame)
  }
}

/** Warns of quantiles that are no proportions: of NaN, the highest and the lowest. */
function checkedPhis(scope: Scope, node: Aggregation, phis: Float64Array): Float64Array {
  // Sorted, NaN comes last.
  const sorted = phis.toSorted()
  const highest = sorted.findLast((phi) => !Number.isNaN(phi)) ?? Number.NaN
  for (const phi of new Set([sorted.at(-1) ?? 0, highest, sorted[0] ?? 0])) {
    if (isProportion(phi)) continue
    const text = `quantile value should be between 0 and 1, got ${shortNumber(phi)}`
    scope.notes.warn(text, (node.param ?? node).span)
  }
  return phis
}

function foldGroups(scope: Scope, node: Aggregation, groups: readonly Group[], fold: Fold, frame: Frame): Value {
  spend(scope, groups.length * frame.steps, node.span)
  const folded = groups.map(({ labels, dropName, members }) => {
    const column = emptyColumn(labels, dropName, frame.steps)
    const values = new Float64Array(members.length)
    for (let index = 0; index < frame.steps; index++) {
      let count = 0
      for (const member of members) {
        if (member.present[index] === 1) values[count++] = member.values[index] ?? 0
      }
      if (count === 0) continue
      column.values[index] = fold(values, count, index)
      column.present[index] = 1
    }
    return column
  })
  return vector(folded.filter(hasValues))
}
