import type { Labels } from '../../schema/domain/labels.js'
import type { Expr, Span, VectorSelector } from './ast.js'
import type { Frame, QueryTimes } from './frame.js'
import type { Notes } from './notes.js'
import { meaningError, type PromqlError } from './query-text.js'
import type { RolledSelection } from './rolled/rolled-selection.js'
import type { Column, Value } from './value.js'

/** Samples of a series as the engine holds them. */
export interface RawSeries {
  readonly labels: Labels
  readonly timestamps: Float64Array
  readonly values: Float64Array
  /** Null when no sample is a staleness marker. */
  readonly stale: Uint8Array | null
}

/** What all parts of one evaluation share. */
export interface Scope {
  readonly text: string
  readonly times: QueryTimes
  readonly notes: Notes
  readonly data: ReadonlyMap<VectorSelector, readonly RawSeries[]>
  /** Range selectors that are answered from rollups. */
  readonly rolled: ReadonlyMap<VectorSelector, RolledSelection>
  readonly invariant: ReadonlySet<Expr>
  /** How many more values may be made; a query that would use more is refused. */
  readonly budget: { left: number }
  evaluate(expr: Expr, frame: Frame): Value
}

/** Values one query may make, over all its parts: 50 million, Prometheus's own bound on samples. */
export const MAX_VALUES = 50_000_000

/** Takes values from the budget before they are made. */
export function spend(scope: Scope, values: number, span: Span): void {
  scope.budget.left -= values
  if (scope.budget.left < 0) {
    throw fault(scope, span, `the query would hold more than ${MAX_VALUES} values; expected fewer series or steps`)
  }
}

/** An error of the query at a node. */
export function fault(scope: Scope, span: Span, sentence: string): PromqlError {
  return meaningError(scope.text, span, sentence)
}

/** An instant vector's columns; the type check has seen to it that the expression is one. */
export function vectorOf(scope: Scope, expr: Expr, frame: Frame): readonly Column[] {
  const value = scope.evaluate(expr, frame)
  if (value.kind !== 'vector') throw new Error(`expected a vector, found a ${value.kind}`)
  return value.columns
}

/** A scalar's values, one per instant. */
export function scalarOf(scope: Scope, expr: Expr, frame: Frame): Float64Array {
  const value = scope.evaluate(expr, frame)
  if (value.kind !== 'scalar') throw new Error(`expected a scalar, found a ${value.kind}`)
  return value.values
}

/** A string's text. */
export function stringOf(scope: Scope, expr: Expr, frame: Frame): string {
  const value = scope.evaluate(expr, frame)
  if (value.kind !== 'string') throw new Error(`expected a string, found a ${value.kind}`)
  return value.value
}
