import { type RowWriter, RUM_ROW_COLUMNS } from '../schema/ports.js'
import type { ClickHouse } from './clients.js'
import { createRowWriter } from './row-writer.js'

/** Writes browser events to ClickHouse. */
export function createRumWriter(clickhouse: ClickHouse): RowWriter {
  return createRowWriter(clickhouse, 'rum', RUM_ROW_COLUMNS)
}
