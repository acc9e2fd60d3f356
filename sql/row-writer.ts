import { SLICE_MS } from '../schema/domain/slice.js'
import { ROW_FORMAT, type RowWriter } from '../schema/ports.js'
import type { ClickHouse } from './clients.js'

const COUNT_SECONDS = 30

/** A flush may hold events of many days, and each day is a partition: no bound on how many one insert touches. */
const INSERT_SETTINGS = { max_partitions_per_insert_block: 0 }

/** Writes rows of one table to ClickHouse. The flush id is the insert's token, so the same flush again adds nothing. */
export function createRowWriter(
  clickhouse: ClickHouse,
  table: 'logs' | 'spans' | 'rum',
  columns: readonly string[],
): RowWriter {
  return {
    insert: (flushId, rows) =>
      clickhouse.insertRows({
        table,
        columns,
        format: ROW_FORMAT,
        body: rows,
        token: `flush-${flushId}`,
        settings: INSERT_SETTINGS,
      }),
    async count(flushId, firstSlice, lastSlice) {
      const [row] = await clickhouse.query<{ rows: number }>(
        `SELECT count() AS rows FROM ${table}
         WHERE flush_id = {flush:UInt64} AND ts >= fromUnixTimestamp64Milli({from:Int64}) AND ts < fromUnixTimestamp64Milli({until:Int64})`,
        { flush: flushId, from: String(firstSlice * SLICE_MS), until: String((lastSlice + 1) * SLICE_MS) },
        { maxExecutionSeconds: COUNT_SECONDS },
      )
      return row?.rows ?? 0
    },
  }
}
