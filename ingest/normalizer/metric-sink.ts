import { type SampleColumnWriter, type StorageTerms, standardTerms } from '../../schema/ports.js'
import type { ParsePool } from '../parse/index.js'
import { orgsOf, type SignalSink } from './signal-sink.js'

/** Metrics: samples are read in worker threads and go to the metrics store, where one that is there already stays. */
export function createMetricSink(
  pool: ParsePool,
  writer: SampleColumnWriter,
  storage: StorageTerms = standardTerms(),
): SignalSink {
  return {
    async prepare(batches, pinned) {
      const terms = pinned ?? (await storage.of('metrics', orgsOf(batches)))
      const { columns, lines } = await pool.samples(batches, terms)
      return { lines, terms, store: (flushId) => writer.insertColumns(flushId, columns) }
    },
    // Storing again is free of effect, and cheaper than asking.
    isStored: async () => false,
  }
}
