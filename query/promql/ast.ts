import type { Matcher } from '../../schema/domain/matcher.js'

/** Where a node stands in the query's text: offsets in UTF-16 code units, `to` excluded. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** What an expression yields: one number, one text, one sample per series, or a window of samples per series. */
export type ValueType = 'scalar' | 'string' | 'vector' | 'matrix'

/** A length of time that may depend on the query's own step and range; evaluates to seconds. */
export type Duration =
  | { readonly kind: 'seconds'; readonly seconds: number }
  | { readonly kind: 'step' }
  | { readonly kind: 'range' }
  | { readonly kind: 'negate'; readonly of: Duration }
  | { readonly kind: 'combine'; readonly op: DurationOp; readonly left: Duration; readonly right: Duration }

export type DurationOp = '+' | '-' | '*' | '/' | '%' | '^' | 'min_of' | 'max_of'

/** The `@` modifier: a fixed Unix time in ms, or an end of the query. */
export type AtModifier = { readonly kind: 'time'; readonly ms: number } | { readonly kind: 'start' | 'end' }

/** Modifiers that move what is looked at in time. */
export interface TimeShift {
  readonly offset: Duration | null
  readonly at: AtModifier | null
}

export interface NumberLiteral {
  readonly kind: 'number'
  readonly value: number
  readonly span: Span
}

export interface StringLiteral {
  readonly kind: 'string'
  readonly value: string
  readonly span: Span
}

/** Newest sample per series. A metric's name is the matcher on `__name__`. */
export interface VectorSelector extends TimeShift {
  readonly kind: 'vectorSelector'
  readonly matchers: readonly Matcher[]
  /**
   * Looks past the edges of what is selected: `anchored` takes the last sample before a window for its start,
   * `smoothed` a value between the samples around an edge or instant. Null for neither.
   */
  readonly edges: 'anchored' | 'smoothed' | null
  readonly span: Span
}

/** Samples of a window per series; the shift stands on the selector. */
export interface MatrixSelector {
  readonly kind: 'matrixSelector'
  readonly selector: VectorSelector
  readonly range: Duration
  readonly span: Span
}

/** An expression evaluated over a window; without a step of its own the engine's default holds. */
export interface Subquery extends TimeShift {
  readonly kind: 'subquery'
  readonly expr: Expr
  readonly range: Duration
  readonly step: Duration | null
  readonly span: Span
}

export interface Call {
  readonly kind: 'call'
  readonly name: string
  readonly args: readonly Expr[]
  readonly span: Span
}

export const AGGREGATE_OPS = [
  'sum',
  'avg',
  'min',
  'max',
  'count',
  'group',
  'stddev',
  'stdvar',
  'topk',
  'bottomk',
  'quantile',
  'count_values',
  'limitk',
  'limit_ratio',
] as const
export type AggregateOp = (typeof AGGREGATE_OPS)[number]

export interface Aggregation {
  readonly kind: 'aggregation'
  readonly op: AggregateOp
  readonly without: boolean
  /** Labels of `by` or `without`; with neither, `by` none. */
  readonly labels: readonly string[]
  /** First argument of the operators that take one (`topk`, `quantile`, `count_values` …). */
  readonly param: Expr | null
  readonly expr: Expr
  readonly span: Span
}

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2'
export type ComparisonOp = '==' | '!=' | '>' | '<' | '>=' | '<='
export type SetOp = 'and' | 'or' | 'unless'
export type BinaryOp = ArithmeticOp | ComparisonOp | SetOp

/** How series of two sides find each other. */
export interface VectorMatching {
  /** `on (labels)`, else `ignoring (labels)`. */
  readonly on: boolean
  readonly labels: readonly string[]
  /** Which side may hold many series per match group (`group_left`: the left one). */
  readonly group: 'left' | 'right' | null
  /** Labels taken over from the "one" side. */
  readonly include: readonly string[]
  /** Values that stand in for a missing match; null when nothing does. */
  readonly fillLeft: number | null
  readonly fillRight: number | null
}

export interface Binary {
  readonly kind: 'binary'
  readonly op: BinaryOp
  readonly left: Expr
  readonly right: Expr
  /** A comparison that yields 0 and 1 instead of filtering. */
  readonly bool: boolean
  readonly matching: VectorMatching
  readonly span: Span
}

export interface Unary {
  readonly kind: 'unary'
  readonly op: '-' | '+'
  readonly expr: Expr
  readonly span: Span
}

export interface Paren {
  readonly kind: 'paren'
  readonly expr: Expr
  readonly span: Span
}

/** A parsed and type-checked PromQL expression. */
export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Call
  | Aggregation
  | Binary
  | Unary
  | Paren

/** The expression without the parentheses around it. */
export function unwrap(expr: Expr): Exclude<Expr, Paren> {
  return expr.kind === 'paren' ? unwrap(expr.expr) : expr
}

/** The expressions directly inside one, in the order of the text. */
export function children(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'vectorSelector':
      return []
    case 'matrixSelector':
      return [expr.selector]
    case 'subquery':
    case 'unary':
    case 'paren':
      return [expr.expr]
    case 'call':
      return expr.args
    case 'aggregation':
      return expr.param === null ? [expr.expr] : [expr.param, expr.expr]
    case 'binary':
      return [expr.left, expr.right]
  }
}
