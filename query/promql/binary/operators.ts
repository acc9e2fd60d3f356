import type { ArithmeticOp, BinaryOp, ComparisonOp, SetOp } from '../ast.js'

export const ARITHMETIC: Readonly<Record<ArithmeticOp, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': power,
  atan2: Math.atan2,
}

/** IEEE 754 says 1 to any power is 1, and so does Go; JavaScript has NaN for an exponent that is not finite. */
function power(base: number, exponent: number): number {
  return base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY) ? 1 : base ** exponent
}

export const COMPARISON: Readonly<Record<ComparisonOp, (left: number, right: number) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '>': (left, right) => left > right,
  '<': (left, right) => left < right,
  '>=': (left, right) => left >= right,
  '<=': (left, right) => left <= right,
}

export function isArithmetic(op: BinaryOp): op is ArithmeticOp {
  return Object.hasOwn(ARITHMETIC, op)
}

export function isSet(op: BinaryOp): op is SetOp {
  return op === 'and' || op === 'or' || op === 'unless'
}

/**
 * What an operation makes of two values: the result, or null where a comparison filters it out. A comparison that holds
 * gives `kept`, with `bool` 1 or 0.
 */
export function operation(
  op: ArithmeticOp | ComparisonOp,
  bool: boolean,
): (left: number, right: number, kept: number) => number | null {
  if (isArithmetic(op)) return ARITHMETIC[op]
  const compare = COMPARISON[op]
  if (bool) return (left, right) => (compare(left, right) ? 1 : 0)
  return (left, right, kept) => (compare(left, right) ? kept : null)
}
