import { LOG_ROW_COLUMNS, type LogWriter } from '../schema/ports.js'
import type { ClickHouse } from './clients.js'
import { createRowWriter } from './row-writer.js'

/** Writes logs to ClickHouse. */
export function createLogWriter(clickhouse: ClickHouse): LogWriter {
  return createRowWriter(clickhouse, 'logs', LOG_ROW_COLUMNS)
}
