import { pickLabelsSql } from './label-map-sql.js'
import type { Grouping, RangeAggregation } from './metric.js'
import { neededLabels } from './needed-labels.js'
import type { ParamSink } from './param-sink.js'
import { filteredSql, pipelineSql } from './pipeline-sql.js'
import { quantitySql } from './quantity-sql.js'

/** The times at which a metric query is answered: start, start + step … up to end. */
export interface MetricGrid {
  /** Unix ms. */
  readonly start: number
  readonly end: number
  /** Ms; of no matter when start is end. */
  readonly step: number
}

/** What a metric query is compiled with. */
export interface MetricScope {
  /** Which rows of table `logs` are looked at: a boolean SQL expression, such as the org's. */
  readonly where: string
  readonly grid: MetricGrid
  readonly params: ParamSink
}

/** How many times follow the first. */
export function stepsAfterStart({ start, end, step }: MetricGrid): number {
  return step > 0 ? Math.max(0, Math.floor((end - start) / step)) : 0
}

/**
 * A range aggregation as a SELECT of `t` (Unix ms), `labels` and `v`. With `into` the labels are brought down to
 * those before the lines are aggregated.
 */
export function rangeAggregationSql(range: RangeAggregation, into: Grouping | null, scope: MetricScope): string {
  if (range.op === 'absent_over_time') return absentSql(range, scope)
  const grouping = range.grouping ?? into
  const windows = windowsSql(range, grouping, scope)
  return `SELECT t, labels, ${aggregateSql(range)} AS v FROM (${windows}) GROUP BY t, labels`
}

/** A row for each line and each window it lies in: `t`, `labels`, `seq`, `line`, `value`. */
function windowsSql(range: RangeAggregation, grouping: Grouping | null, { where, grid, params }: MetricScope): string {
  const count = stepsAfterStart(grid)
  const startNs = BigInt(grid.start) * 1_000_000n
  const stepNs = BigInt(Math.max(1, grid.step)) * 1_000_000n
  const offset = BigInt(range.offset)
  const lower = startNs - offset - BigInt(range.range)
  const upper = startNs - offset + stepNs * BigInt(count)
  const inTime = `ts > fromUnixTimestamp64Nano(toInt64(${lower}), 'UTC') AND ts <= fromUnixTimestamp64Nano(toInt64(${upper}), 'UTC')`
  const names = grouping === null || grouping.without ? null : neededLabels(range, grouping.labels)
  let rows = pipelineSql(range.pipeline, `${where} AND ${inTime}`, names, params)
  let value = 'toFloat64(0)'
  let labels = 'r.labels'
  if (range.unwrap !== null) {
    const { label, as, filters } = range.unwrap
    const text = `r.labels[${params.text(label)}]`
    const quantity = quantitySql(as, text, params)
    rows = `SELECT r.* FROM (${rows}) AS r WHERE ${quantity.readable}`
    for (const filter of filters) rows = filteredSql(filter, rows, params)
    value = as === 'duration' ? `${quantity.value} / 1e9` : quantity.value
    if (grouping === null || grouping.without) labels = pickLabelsSql(labels, true, [label], params)
  }
  if (grouping !== null) labels = pickLabelsSql(labels, grouping.without, grouping.labels, params)
  // A line of time x lies in the windows that end in [x, x + range): the steps from ceil(x) to below ceil(x + range).
  const sinceStart = `(toUnixTimestamp64Nano(r.ts) - toInt64(${startNs - offset}))`
  const ceil = (ns: string) => `if(${ns} <= 0, 0, intDiv(${ns} + ${stepNs - 1n}, ${stepNs}))`
  const until = `least(${count + 1}, ${ceil(`(${sinceStart} + ${range.range})`)})`
  const steps = `range(toUInt32(${ceil(sinceStart)}), toUInt32(${until}))`
  return `SELECT toInt64(${grid.start}) + arrayJoin(${steps}) * toInt64(${Math.max(1, grid.step)}) AS t, mapSort(${labels}) AS labels, r.seq AS seq, r.line AS line, ${value} AS value FROM (${rows}) AS r`
}

function aggregateSql(range: RangeAggregation): string {
  const seconds = range.range / 1e9
  switch (range.op) {
    case 'count_over_time':
      return 'toFloat64(count())'
    case 'rate':
      return range.unwrap === null ? `count() / ${seconds}` : `sum(value) / ${seconds}`
    case 'bytes_over_time':
      return 'toFloat64(sum(length(line)))'
    case 'bytes_rate':
      return `sum(length(line)) / ${seconds}`
    case 'sum_over_time':
      return 'sum(value)'
    case 'avg_over_time':
      return 'avg(value)'
    case 'min_over_time':
      return 'min(value)'
    case 'max_over_time':
      return 'max(value)'
    case 'stddev_over_time':
      return 'stddevPopStable(value)'
    case 'stdvar_over_time':
      return 'varPopStable(value)'
    case 'quantile_over_time':
      return quantileSql(range.parameter ?? 0)
    case 'first_over_time':
      return 'argMin(value, seq)'
    case 'last_over_time':
      return 'argMax(value, seq)'
    default:
      return '1.'
  }
}

/** Between two values it is interpolated, and outside of 0 to 1 it is infinite, as in PromQL. */
function quantileSql(quantile: number): string {
  if (quantile < 0) return '-inf'
  return quantile > 1 ? 'inf' : `quantileExactInclusive(${quantile})(value)`
}

/** 1 at the times whose window holds no line, under the labels that the selector names with `=`. */
function absentSql(range: RangeAggregation, scope: MetricScope): string {
  const { grid, params } = scope
  const equal = range.pipeline.matchers.filter(({ op, text }) => op === '=' && text !== '')
  const named = equal.filter(({ name }) => range.pipeline.matchers.filter((other) => other.name === name).length === 1)
  const pairs = [...named]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, text }) => `${params.text(name)}, ${params.text(text)}`)
  const labels = `CAST(map(${pairs.join(', ')}), 'Map(String, String)')`
  const present = `SELECT t FROM (${windowsSql(range, { without: false, labels: [] }, scope)})`
  const times = `SELECT toInt64(${grid.start}) + number * toInt64(${Math.max(1, grid.step)}) AS t FROM numbers(${stepsAfterStart(grid) + 1})`
  return `SELECT t, ${labels} AS labels, toFloat64(1) AS v FROM (${times}) WHERE t NOT IN (${present})`
}
