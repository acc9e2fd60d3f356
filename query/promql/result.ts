import type { Labels } from '../../schema/domain/labels.js'
import type { Expr } from './ast.js'
import { unwrap } from './ast.js'
import { type Frame, instant } from './frame.js'
import { compareLabels, dropLabels, METRIC_LABELS } from './label-set.js'
import { fault, type Scope } from './scope.js'
import { type Column, hasValues, joinColumns } from './value.js'
import { rangeArgument } from './window.js'

/** One series at one instant. */
export interface VectorSample {
  /** The metric's name, where there is one, is `__name__`. */
  readonly labels: Labels
  readonly value: number
}

/** Samples of one series as columns of equal length. */
export interface MatrixSeries {
  readonly labels: Labels
  /** Unix ms, ascending. */
  readonly timestamps: Float64Array
  readonly values: Float64Array
}

/** What an evaluation has to say beside its result, in Prometheus's words and with `(line:column)` at the end. */
export interface Annotated {
  /** The result may be wrong or incomplete. */
  readonly warnings: readonly string[]
  /** The query may not be what was meant. */
  readonly infos: readonly string[]
}

/** Answer of an instant query; `timestamp` is its instant, Unix ms. */
export type InstantResult = Annotated &
  (
    | { readonly kind: 'vector'; readonly timestamp: number; readonly samples: readonly VectorSample[] }
    | { readonly kind: 'matrix'; readonly timestamp: number; readonly series: readonly MatrixSeries[] }
    | { readonly kind: 'scalar'; readonly timestamp: number; readonly value: number }
    | { readonly kind: 'string'; readonly timestamp: number; readonly value: string }
  )

/** Answer of a range query: series in the order of their labels; a scalar is one series without labels. */
export interface RangeResult extends Annotated {
  readonly kind: 'matrix'
  readonly series: readonly MatrixSeries[]
}

/** Columns with names dropped where they were to be, one per label set. */
export function finishColumns(scope: Scope, expr: Expr, columns: readonly Column[]): Column[] {
  const named = columns
    .filter(hasValues)
    .map((column) =>
      column.dropName ? { ...column, labels: dropLabels(column.labels, METRIC_LABELS), dropName: false } : column,
    )
  return joinColumns(named, () => fault(scope, expr.span, 'vector cannot contain metrics with the same labelset'))
}

/** Columns as series of those instants that have a value, by labels. */
export function columnsToSeries(columns: readonly Column[], frame: Frame): MatrixSeries[] {
  const series = columns.map(({ labels, values, present }) => {
    const live = (_: number, index: number) => present[index] === 1
    const timestamps = values.map((_, index) => instant(frame, index))
    return { labels, timestamps: timestamps.filter(live), values: values.filter(live) }
  })
  return sortSeries(series)
}

/** Series in the order of their labels. */
export function sortSeries(series: MatrixSeries[]): MatrixSeries[] {
  return series.sort((one, other) => compareLabels(one.labels, other.labels))
}

/** The samples that a range selector or a subquery holds at one instant. */
export function rangeSamples(scope: Scope, expr: Expr, frame: Frame): MatrixSeries[] {
  const { series, range, windowEnd } = rangeArgument(scope, unwrap(expr), frame)
  const end = windowEnd(0)
  return series
    .map(({ labels, dropName, timestamps, values }) => {
      const inside = (_: number, index: number) =>
        (timestamps[index] ?? 0) > end - range && (timestamps[index] ?? 0) <= end
      return {
        labels: dropName ? dropLabels(labels, METRIC_LABELS) : labels,
        timestamps: timestamps.filter(inside),
        values: values.filter(inside),
      }
    })
    .filter(({ timestamps }) => timestamps.length > 0)
    .sort((one, other) => compareLabels(one.labels, other.labels))
}
