import type { ArithmeticOp, ComparisonOp } from '../ast.js'
import { type Column, emptyColumn, hasValues } from '../value.js'
import { isArithmetic, operation } from './operators.js'

/** An operation between each series of a vector and a scalar; a comparison keeps the vector's value. */
export function withScalar(
  op: ArithmeticOp | ComparisonOp,
  bool: boolean,
  columns: readonly Column[],
  scalar: Float64Array,
  scalarFirst: boolean,
): Column[] {
  const compute = operation(op, bool)
  return columns
    .map((column) => {
      const result = emptyColumn(column.labels, column.dropName || bool || isArithmetic(op), scalar.length)
      for (let index = 0; index < scalar.length; index++) {
        if (column.present[index] !== 1) continue
        const value = column.values[index] ?? 0
        const other = scalar[index] ?? 0
        const computed = scalarFirst ? compute(other, value, value) : compute(value, other, value)
        if (computed === null) continue
        result.values[index] = computed
        result.present[index] = 1
      }
      return result
    })
    .filter(hasValues)
}
