import type { LogWriter } from '../../schema/ports.js'
import { type ParsePool, stampFlushId } from '../parse/index.js'
import type { SignalSink } from './signal-sink.js'

/** Logs: rows are made in worker threads and inserted under the flush's id. */
export function createLogSink(pool: ParsePool, writer: LogWriter): SignalSink {
  return {
    async prepare(batches) {
      const { rows, lines } = await pool.logRows(batches)
      return {
        lines,
        store(flushId) {
          stampFlushId(rows, flushId)
          return writer.insert(flushId, rows)
        },
      }
    },
    async isStored({ flushId, lines }) {
      if (lines.length === 0) return true
      const expected = lines.reduce((sum, { rows }) => sum + rows, 0)
      const first = Math.min(...lines.map(({ firstSlice }) => firstSlice))
      const last = Math.max(...lines.map(({ lastSlice }) => lastSlice))
      return (await writer.count(flushId, first, last)) === expected
    },
  }
}
