import type { Pipeline } from './pipeline.js'
import type { LabelFilter, Quantity } from './selector.js'

/** A metric query: numbers made from logs, by labels, at each step of a range of time. */
export type MetricExpr =
  | RangeAggregation
  | VectorAggregation
  | BinaryOperation
  | LabelReplace
  | { readonly kind: 'number'; readonly value: number }
  /** `vector(1)`: one series without labels. */
  | { readonly kind: 'constant'; readonly value: number }

export type RangeOp =
  | 'count_over_time'
  | 'rate'
  | 'bytes_over_time'
  | 'bytes_rate'
  | 'sum_over_time'
  | 'avg_over_time'
  | 'min_over_time'
  | 'max_over_time'
  | 'stddev_over_time'
  | 'stdvar_over_time'
  | 'quantile_over_time'
  | 'first_over_time'
  | 'last_over_time'
  | 'absent_over_time'

/** One number for the lines of each window (t − range − offset, t − offset], by labels. */
export interface RangeAggregation {
  readonly kind: 'range'
  readonly op: RangeOp
  /** The quantile of quantile_over_time, else null. */
  readonly parameter: number | null
  readonly pipeline: Pipeline
  readonly unwrap: Unwrap | null
  /** Nanoseconds. */
  readonly range: number
  readonly offset: number
  readonly grouping: Grouping | null
}

/** The label whose value is taken as the number of a line; durations in seconds. Lines without one are left out. */
export interface Unwrap {
  readonly label: string
  readonly as: Quantity
  readonly filters: readonly LabelFilter[]
}

export interface Grouping {
  readonly without: boolean
  readonly labels: readonly string[]
}

export type VectorOp = 'sum' | 'avg' | 'min' | 'max' | 'count' | 'stddev' | 'stdvar' | 'topk' | 'bottomk'

export interface VectorAggregation {
  readonly kind: 'vector'
  readonly op: VectorOp
  /** How many, of topk and bottomk; else null. */
  readonly parameter: number | null
  readonly of: MetricExpr
  readonly grouping: Grouping | null
}

export type BinaryOp =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '^'
  | '=='
  | '!='
  | '>'
  | '>='
  | '<'
  | '<='
  | 'and'
  | 'or'
  | 'unless'

export interface BinaryOperation {
  readonly kind: 'binary'
  readonly op: BinaryOp
  /** A comparison gives 1 or 0 instead of filtering. */
  readonly bool: boolean
  /** Labels that series are paired by; null for all. */
  readonly matching: { readonly on: boolean; readonly labels: readonly string[] } | null
  /** The side that may have many series for one of the other. */
  readonly many: 'left' | 'right' | null
  /** Labels that the many take over from the one. */
  readonly include: readonly string[]
  readonly left: MetricExpr
  readonly right: MetricExpr
}

/** Sets a label from another by a regular expression. */
export interface LabelReplace {
  readonly kind: 'replace'
  readonly of: MetricExpr
  readonly target: string
  readonly source: string
  /** Printed for ClickHouse, anchored, with its groups. */
  readonly pattern: string
  /** Text, and numbers of groups. */
  readonly replacement: readonly (string | number)[]
}
