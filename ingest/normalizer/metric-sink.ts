import type { MetricWriter } from '../../schema/ports.js'
import { type ParsePool, samplesOf } from '../parse/index.js'
import type { SignalSink } from './signal-sink.js'

/** Metrics: samples are read in worker threads and go to the metrics store, where one that is there already stays. */
export function createMetricSink(pool: ParsePool, writer: MetricWriter): SignalSink {
  return {
    async prepare(batches) {
      const { columns, lines } = await pool.samples(batches)
      return { lines, store: (flushId) => writer.insert(flushId, samplesOf(columns)) }
    },
    // Storing again is free of effect, and cheaper than asking.
    isStored: async () => false,
  }
}
