import { pickLabelsSql } from './label-map-sql.js'
import type { BinaryOp, BinaryOperation } from './metric.js'
import type { ParamSink } from './param-sink.js'
import { type MetricScope, stepsAfterStart } from './range-sql.js'

/** A metric as SQL of `t`, `labels` and `v`, or a number. */
export type CompiledMetric =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'vector'; readonly sql: string }

/** A number at each time of the grid, as one series without labels. */
export function scalarOnlySql(value: number, { grid, params }: MetricScope): string {
  return `SELECT toInt64(${grid.start}) + number * toInt64(${Math.max(1, grid.step)}) AS t, CAST(map(), 'Map(String, String)') AS labels, ${params.number(value)} AS v FROM numbers(${stepsAfterStart(grid) + 1})`
}

/** An operation on two metrics, or on a metric and a number. */
export function binarySql(
  expr: BinaryOperation,
  left: CompiledMetric,
  right: CompiledMetric,
  scope: MetricScope,
): CompiledMetric {
  const { params } = scope
  if (left.kind === 'vector' && right.kind === 'vector') {
    const isSet = expr.op === 'and' || expr.op === 'or' || expr.op === 'unless'
    return {
      kind: 'vector',
      sql: isSet ? setSql(expr, left.sql, right.sql, params) : pairedSql(expr, left.sql, right.sql, params),
    }
  }
  const sql = left.kind === 'vector' ? left.sql : right.kind === 'vector' ? right.sql : scalarOnlySql(0, scope)
  const a = left.kind === 'number' ? params.number(left.value) : 'm.v'
  const b = right.kind === 'number' ? params.number(right.value) : 'm.v'
  return {
    kind: 'vector',
    sql: `SELECT m.t AS t, m.labels AS labels, ${resultSql(expr, a, b, 'm.v')} AS v FROM (${sql}) AS m${filterSql(expr, a, b)}`,
  }
}

const SYMBOLS: ReadonlySet<BinaryOp> = new Set(['==', '!=', '>', '>=', '<', '<='])

/** The value of an operation; a comparison that filters keeps `kept`. */
function resultSql({ op, bool }: BinaryOperation, a: string, b: string, kept: string): string {
  if (op === '^') return `pow(${a}, ${b})`
  if (!SYMBOLS.has(op)) return `(${a} ${op} ${b})`
  return bool ? `toFloat64(${comparisonSql(op, a, b)})` : kept
}

function filterSql({ op, bool }: BinaryOperation, a: string, b: string): string {
  return SYMBOLS.has(op) && !bool ? ` WHERE ${comparisonSql(op, a, b)}` : ''
}

const comparisonSql = (op: BinaryOp, a: string, b: string): string => `${a} ${op === '==' ? '=' : op} ${b}`

/** The labels that series are paired by, as a text that can be compared and joined on. */
function keySql({ matching }: BinaryOperation, labels: string, params: ParamSink): string {
  return `toJSONString(mapSort(${matching === null ? labels : pickLabelsSql(labels, !matching.on, matching.labels, params)}))`
}

function setSql(expr: BinaryOperation, left: string, right: string, params: ParamSink): string {
  const keyed = (sql: string) => `SELECT t, ${keySql(expr, 'labels', params)} FROM (${sql})`
  const rows = (sql: string, condition: string) =>
    `SELECT m.t AS t, m.labels AS labels, m.v AS v FROM (${sql}) AS m WHERE (m.t, ${keySql(expr, 'm.labels', params)}) ${condition}`
  if (expr.op === 'and') return rows(left, `IN (${keyed(right)})`)
  if (expr.op === 'unless') return rows(left, `NOT IN (${keyed(right)})`)
  return `SELECT t, labels, v FROM (${left}) UNION ALL ${rows(right, `NOT IN (${keyed(left)})`)}`
}

/** Each series of the many with the one it is paired with; more than one on the other side is an error of the query. */
function pairedSql(expr: BinaryOperation, left: string, right: string, params: ParamSink): string {
  const [many, one] = expr.many === 'right' ? [right, left] : [left, right]
  const keyed = (sql: string) => `SELECT t, ${keySql(expr, 'labels', params)} AS key, labels, v FROM (${sql})`
  const single = `SELECT t, key, any(labels) AS labels, any(v) AS v FROM (${keyed(one)}) GROUP BY t, key HAVING throwIf(count() > 1, 'found several series on the one side of an operation that share the labels it pairs by; expected one') = 0`
  const [a, b] = expr.many === 'right' ? ['o.v', 'm.v'] : ['m.v', 'o.v']
  const value = resultSql(expr, a, b, a)
  const joined = `SELECT m.t AS t, m.key AS key, ${resultLabelsSql(expr, params)} AS labels, ${value} AS v FROM (${keyed(many)}) AS m INNER JOIN (${single}) AS o ON m.t = o.t AND m.key = o.key${filterSql(expr, a, b)}`
  return `SELECT t, labels, any(v) AS v FROM (${joined}) GROUP BY t, labels HAVING throwIf(count() > 1, 'found several series on a side of an operation that end with the same labels; expected group_left or group_right, or more labels to pair by') = 0`
}

/** One to one: the labels paired by. Many to one: those of the many, with what they take over. */
function resultLabelsSql({ matching, many, include }: BinaryOperation, params: ParamSink): string {
  if (many === null) {
    return matching === null
      ? 'm.labels'
      : `mapSort(${pickLabelsSql('m.labels', !matching.on, matching.labels, params)})`
  }
  if (include.length === 0) return 'm.labels'
  const kept = pickLabelsSql('m.labels', true, include, params)
  return `mapSort(mapUpdate(${kept}, ${pickLabelsSql('o.labels', false, include, params)}))`
}
