import {
  compileLogFilter,
  createParamSink,
  groupByColumn,
  numberFieldSql,
  type ParamSink,
  parseLogSelector,
} from '../query/logql/index.js'
import type { FlushSnapshot } from '../schema/domain/horizon.js'
import type { Labels } from '../schema/domain/labels.js'
import { type EventMeasure, isQuantile } from '../schema/domain/measure.js'
import { SLICE_MS } from '../schema/domain/slice.js'
import { type IdentifiedMeasure, type SliceRow, type SliceSource, StoreError } from '../schema/ports.js'
import type { ClickHouse } from './clients.js'
import { sketchBucketSql } from './sketch-sql.js'

/** Measures in one scan: each adds one to five columns, and a row's cost grows with the columns. */
const FUSED = 50
const MAX_SECONDS = 8
/** Rows of one scan, slices times groups: a runaway label must not fill the memory. */
const MAX_ROWS = 200_000

/**
 * Computes slices from ClickHouse. Measures with the same grouping share one scan: a filter is a condition of a column
 * (`countIf`), and rows that meet no filter are left out by the WHERE.
 */
export function createSliceSource(clickhouse: ClickHouse): SliceSource {
  return {
    async compute(orgId, signal, measures, slices, snapshot) {
      if (signal !== 'logs') throw new StoreError('query', `Slices of ${signal} are not stored; expected logs.`)
      const rows: SliceRow[] = []
      for (const scan of scansOf(measures)) rows.push(...(await runScan(clickhouse, orgId, scan, slices, snapshot)))
      return rows
    },
  }
}

/** Groups of measures that one scan can answer. */
function scansOf(measures: readonly IdentifiedMeasure[]): IdentifiedMeasure[][] {
  const byGrouping = new Map<string, IdentifiedMeasure[]>()
  for (const measure of measures) {
    const key = JSON.stringify(measure.measure.groupBy)
    byGrouping.set(key, [...(byGrouping.get(key) ?? []), measure])
  }
  return [...byGrouping.values()].flatMap((members) =>
    Array.from({ length: Math.ceil(members.length / FUSED) }, (_, i) => members.slice(i * FUSED, (i + 1) * FUSED)),
  )
}

async function runScan(
  clickhouse: ClickHouse,
  orgId: string,
  scan: readonly IdentifiedMeasure[],
  slices: readonly number[],
  snapshot: FlushSnapshot,
): Promise<SliceRow[]> {
  const groupBy = scan[0]?.measure.groupBy ?? []
  const params = createParamSink()
  const filters = scan.map(({ measure }) => compileLogFilter(parseLogSelector(measure.filter), params))
  const columns = scan.map(({ measure }, i) => columnsOf(measure, filters[i] ?? '1', i, params))
  const groups = groupBy.map((name, i) => `${groupByColumn(name, params)} AS g${i}`)
  const names = groupBy.map((_, i) => `g${i}`)
  const sql = `
SELECT toInt32(intDiv(toUnixTimestamp64Milli(ts), ${SLICE_MS})) AS slice, ${[...groups, ...columns.flat()].join(', ')}
FROM logs
WHERE org_id = {org:String} AND ${sliceCondition(slices)}
  AND flush_id <= {upTo:UInt64} AND flush_id NOT IN {except:Array(UInt64)}
  AND (${filters.join(' OR ')})
GROUP BY ${['slice', ...names].join(', ')}
LIMIT ${MAX_ROWS + 1}`
  const rows = await clickhouse.query<ScanRow>(
    sql,
    {
      ...params.values,
      org: orgId,
      from: String((slices[0] ?? 0) * SLICE_MS),
      until: String(((slices.at(-1) ?? 0) + 1) * SLICE_MS),
      ...(isStretch(slices) ? {} : { slices }),
      upTo: snapshot.upTo,
      except: snapshot.except,
    },
    { maxExecutionSeconds: MAX_SECONDS },
  )
  // Cut off, the slices would be wrong without saying so.
  if (rows.length > MAX_ROWS)
    throw new StoreError(
      'query',
      `Grouping by ${groupBy.join(', ')} makes more than ${MAX_ROWS} groups and slices; expected labels with fewer values.`,
    )
  return rows.flatMap((row) => toSliceRows(row, scan, groupBy))
}

/** The range prunes partitions and granules; the list is exact where slices do not follow one another. */
function sliceCondition(slices: readonly number[]): string {
  const range = 'ts >= fromUnixTimestamp64Milli({from:Int64}) AND ts < fromUnixTimestamp64Milli({until:Int64})'
  return isStretch(slices)
    ? range
    : `${range} AND intDiv(toUnixTimestamp64Milli(ts), ${SLICE_MS}) IN {slices:Array(Int64)}`
}

function isStretch(slices: readonly number[]): boolean {
  return (slices.at(-1) ?? 0) - (slices[0] ?? 0) === slices.length - 1
}

/** Columns of one measure: count, and for a field sum, least, greatest, and the sketch where a quantile asks for it. */
function columnsOf(measure: EventMeasure, filter: string, i: number, params: ParamSink): string[] {
  if (measure.field === null) return [`countIf(${filter}) AS c${i}`]
  const value = numberFieldSql(measure.field, params)
  const condition = `(${filter}) AND isFinite(${value})`
  const columns = [
    `countIf(${condition}) AS c${i}`,
    `sumIf(${value}, ${condition}) AS s${i}`,
    `minIf(${value}, ${condition}) AS n${i}`,
    `maxIf(${value}, ${condition}) AS x${i}`,
  ]
  if (isQuantile(measure.aggregate))
    columns.push(`sumMapIf(map(${sketchBucketSql(`assumeNotNull(${value})`)}, toUInt64(1)), ${condition}) AS k${i}`)
  return columns
}

type ScanRow = Readonly<Record<string, number | string | Record<string, number> | null>>

function toSliceRows(row: ScanRow, scan: readonly IdentifiedMeasure[], groupBy: readonly string[]): SliceRow[] {
  const labels: Labels = Object.fromEntries(groupBy.map((name, i) => [name, String(row[`g${i}`] ?? '')]))
  return scan.flatMap(({ hash, measure }, i) => {
    const count = Number(row[`c${i}`])
    if (count === 0) return []
    const plain = measure.field === null
    const sketch = row[`k${i}`]
    return [
      {
        hash,
        slice: Number(row.slice),
        labels,
        partial: {
          count,
          sum: plain ? count : Number(row[`s${i}`]),
          min: plain ? 0 : Number(row[`n${i}`]),
          max: plain ? 0 : Number(row[`x${i}`]),
          sketch:
            typeof sketch === 'object' && sketch !== null
              ? new Map(Object.entries(sketch).map(([bucket, n]) => [Number(bucket), Number(n)]))
              : null,
        },
      },
    ]
  })
}
