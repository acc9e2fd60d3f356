import { type RowWriter, SPAN_ROW_COLUMNS } from '../schema/ports.js'
import type { ClickHouse } from './clients.js'
import { createRowWriter } from './row-writer.js'

/** Writes spans to ClickHouse; the trace lookup follows from them. */
export function createSpanWriter(clickhouse: ClickHouse): RowWriter {
  return createRowWriter(clickhouse, 'spans', SPAN_ROW_COLUMNS)
}
