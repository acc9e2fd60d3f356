import { type RowWriter, type StorageTerms, standardTerms } from '../../schema/ports.js'
import { type ParsePool, type RowSignal, stampFlushId } from '../parse/index.js'
import { orgsOf, type SignalSink } from './signal-sink.js'

/** Signals that are rows of ClickHouse: made in worker threads and inserted under the flush's id. */
export function createRowSink(
  signal: RowSignal,
  pool: ParsePool,
  writer: RowWriter,
  storage: StorageTerms = standardTerms(),
): SignalSink {
  return {
    async prepare(batches, pinned) {
      const terms = pinned ?? (await storage.of(signal, orgsOf(batches)))
      const { rows, lines } = await pool.rows(signal, batches, terms)
      let isStored = false
      return {
        lines,
        terms,
        async store(flushId) {
          if (isStored) throw new Error(`The rows of flush ${flushId} are stored, and their memory is another's.`)
          stampFlushId(rows, flushId)
          await writer.insert(flushId, rows)
          isStored = true
          pool.recycle(rows)
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
