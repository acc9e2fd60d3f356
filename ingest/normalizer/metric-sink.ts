import type { MetricWriter } from '../../schema/ports.js'
import { toMetricSamples } from '../parse/index.js'
import type { SignalSink } from './signal-sink.js'

/** Metrics: samples go to the metrics store, where one that is there already stays. */
export function createMetricSink(writer: MetricWriter): SignalSink {
  return {
    async prepare(batches) {
      const { samples, lines } = toMetricSamples(batches)
      return { lines, store: (flushId) => writer.insert(flushId, samples) }
    },
    // Storing again is free of effect, and cheaper than asking.
    isStored: async () => false,
  }
}
