import type { BinaryOp, Expr, Span, Unary, VectorMatching } from '../ast.js'

/** An operator between two operands, with its modifiers. */
export interface InfixPiece {
  readonly kind: 'infix'
  readonly op: BinaryOp
  readonly bool: boolean
  readonly matching: VectorMatching
}

/** What a flat run of operands and operators is made of, in the order of the text. */
export type Piece =
  | { readonly kind: 'operand'; readonly expr: Expr }
  | { readonly kind: 'prefix'; readonly op: Unary['op']; readonly from: number }
  | { readonly kind: 'postfix'; readonly apply: (expr: Expr) => Expr }
  | InfixPiece

const BINDING: Readonly<Record<BinaryOp, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  atan2: 5,
  '^': 6,
}

/**
 * Binds a flat run by PromQL's precedence. The grammar's own tree is not used for this: it hangs a modifier on all that
 * stands before it (`a + b offset 5m * c` becomes `((a + b) offset 5m) * c`) and reads `-2 ^ 2` as `(-2) ^ 2`.
 */
export function bindOperators(pieces: readonly Piece[]): Expr {
  let at = 0
  const peekInfix = (): InfixPiece | null => {
    const piece = pieces[at]
    return piece?.kind === 'infix' ? piece : null
  }

  const operand = (): Expr => {
    const piece = pieces[at++]
    if (piece?.kind === 'prefix') return negate(piece.op, piece.from, infix(BINDING['^']))
    if (piece?.kind !== 'operand') throw new Error('a run of operators without an operand')
    let expr = piece.expr
    for (let next = pieces[at]; next?.kind === 'postfix'; next = pieces[++at]) expr = next.apply(expr)
    return expr
  }

  const infix = (minimum: number): Expr => {
    let left = operand()
    for (let next = peekInfix(); next !== null && BINDING[next.op] >= minimum; next = peekInfix()) {
      at++
      const right = infix(next.op === '^' ? BINDING['^'] : BINDING[next.op] + 1)
      const span: Span = { from: left.span.from, to: right.span.to }
      left = { ...next, kind: 'binary', left, right, span }
    }
    return left
  }

  return infix(0)
}

/** A sign before an expression; before a number it becomes part of the number. */
function negate(op: Unary['op'], from: number, expr: Expr): Expr {
  const span: Span = { from, to: expr.span.to }
  if (expr.kind === 'number') return { kind: 'number', value: op === '-' ? -expr.value : expr.value, span }
  return { kind: 'unary', op, expr, span }
}
