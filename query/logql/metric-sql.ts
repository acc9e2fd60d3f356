import { QueryError } from '../../schema/domain/query-error.js'
import { binarySql, type CompiledMetric, scalarOnlySql } from './binary-sql.js'
import { pickLabelsSql } from './label-map-sql.js'
import type {
  Grouping,
  LabelReplace,
  MetricExpr,
  RangeAggregation,
  RangeOp,
  VectorAggregation,
  VectorOp,
} from './metric.js'
import { type MetricScope, rangeAggregationSql, stepsAfterStart } from './range-sql.js'

/** As many points a series as Prometheus allows. */
const MAX_STEPS = 11_000

/**
 * A metric query as one SELECT of `t` (Unix ms, Int64), `labels` (Map(String, String), sorted, empty ones left out) and
 * `v` (Float64), a row for each series and time, in order of labels and time. A query that is a number alone gives one
 * series without labels. Throws a QueryError when the grid has more than 11,000 steps.
 */
export function compileLogMetric(expr: MetricExpr, scope: MetricScope): string {
  const steps = stepsAfterStart(scope.grid)
  if (steps >= MAX_STEPS) {
    throw new QueryError(
      `found ${steps + 1} steps in the range; expected at most ${MAX_STEPS}: a longer step or a shorter range`,
      1,
      1,
    )
  }
  const compiled = compile(expr, scope)
  const sql = compiled.kind === 'number' ? scalarOnlySql(compiled.value, scope) : compiled.sql
  return `SELECT t, labels, v FROM (${sql}) ORDER BY toJSONString(labels), t`
}

function compile(expr: MetricExpr, scope: MetricScope): CompiledMetric {
  switch (expr.kind) {
    case 'number':
      return expr
    case 'constant':
      return { kind: 'vector', sql: scalarOnlySql(expr.value, scope) }
    case 'range':
      return { kind: 'vector', sql: rangeAggregationSql(expr, null, scope) }
    case 'vector':
      return { kind: 'vector', sql: vectorSql(expr, scope) }
    case 'replace':
      return { kind: 'vector', sql: replaceSql(expr, scope) }
    case 'binary':
      return binarySql(expr, compile(expr.left, scope), compile(expr.right, scope), scope)
  }
}

/** Where the sum of sums is the sum, lines can be aggregated by the outer labels at once, and no other label is read. */
const FOLDS: Readonly<Partial<Record<VectorOp, readonly RangeOp[]>>> = {
  sum: ['count_over_time', 'rate', 'bytes_over_time', 'bytes_rate', 'sum_over_time'],
  min: ['min_over_time'],
  max: ['max_over_time'],
}

function vectorSql(expr: VectorAggregation, scope: MetricScope): string {
  const grouping = expr.grouping ?? { without: false, labels: [] }
  if (foldsInto(expr, expr.of, grouping)) return rangeAggregationSql(expr.of, grouping, scope)
  const of = compile(expr.of, scope)
  const sql = of.kind === 'number' ? scalarOnlySql(of.value, scope) : of.sql
  const labels = pickLabelsSql('m.labels', grouping.without, grouping.labels, scope.params)
  if (expr.op === 'topk' || expr.op === 'bottomk') {
    const order = expr.op === 'topk' ? 'DESC' : 'ASC'
    return `SELECT m.t AS t, m.labels AS labels, m.v AS v FROM (${sql}) AS m ORDER BY v ${order}, toJSONString(m.labels) LIMIT ${expr.parameter ?? 1} BY t, toJSONString(${labels})`
  }
  return `SELECT t, labels, ${VECTOR_SQL[expr.op]} AS v FROM (SELECT m.t AS t, ${labels} AS labels, m.v AS x FROM (${sql}) AS m) GROUP BY t, labels`
}

const VECTOR_SQL: Readonly<Record<Exclude<VectorOp, 'topk' | 'bottomk'>, string>> = {
  sum: 'sum(x)',
  avg: 'avg(x)',
  min: 'min(x)',
  max: 'max(x)',
  count: 'toFloat64(count())',
  stddev: 'stddevPopStable(x)',
  stdvar: 'varPopStable(x)',
}

function foldsInto(outer: VectorAggregation, inner: MetricExpr, grouping: Grouping): inner is RangeAggregation {
  if (inner.kind !== 'range' || inner.grouping !== null || FOLDS[outer.op]?.includes(inner.op) !== true) return false
  // An unwrapped label is no label of the result, so it cannot be grouped by.
  return inner.unwrap === null || grouping.without || !grouping.labels.includes(inner.unwrap.label)
}

function replaceSql(expr: LabelReplace, scope: MetricScope): string {
  const { params } = scope
  const of = compile(expr.of, scope)
  const sql = of.kind === 'number' ? scalarOnlySql(of.value, scope) : of.sql
  const source = `m.labels[${params.text(expr.source)}]`
  const pattern = params.text(expr.pattern)
  const parts = expr.replacement.map((part) => {
    if (typeof part === 'string') return params.text(part)
    return part === 0 ? source : `extractGroups(${source}, ${pattern})[${part}]`
  })
  const value = `concat('', ${["''", ...parts].join(', ')})`
  const replaced = `mapSort(mapFilter((k, v) -> v != '', mapUpdate(m.labels, map(${params.text(expr.target)}, ${value}))))`
  return `SELECT m.t AS t, if(match(${source}, ${pattern}), ${replaced}, m.labels) AS labels, m.v AS v FROM (${sql}) AS m`
}
