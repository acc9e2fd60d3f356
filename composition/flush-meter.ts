import type { SignalSink } from '../ingest/normalizer/index.js'
import { DurationHistogram, type MetricFamily } from '../schema/domain/exposition.js'
import type { Signal } from '../schema/domain/signal.js'
import type { Intake } from '../schema/ports.js'

/** Seconds; an insert of 20,000 logs takes about a quarter. */
const BOUNDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Measures a normalizer from without: its inserts and its dead letters. */
export interface FlushMeter {
  sinks(sinks: Readonly<Partial<Record<Signal, SignalSink>>>): Readonly<Partial<Record<Signal, SignalSink>>>
  intake(intake: Intake): Intake
  families(): readonly MetricFamily[]
}

export function createFlushMeter(): FlushMeter {
  const inserts = new DurationHistogram(BOUNDS, 'signal')
  const failures = new Map<string, number>()
  let deadLetters = 0

  async function timed(signal: Signal, store: () => Promise<void>): Promise<void> {
    const begun = performance.now()
    try {
      await store()
      inserts.observe(signal, (performance.now() - begun) / 1000)
    } catch (error) {
      failures.set(signal, (failures.get(signal) ?? 0) + 1)
      throw error
    }
  }

  function measured(signal: Signal, sink: SignalSink): SignalSink {
    return {
      ...sink,
      async prepare(batches, terms) {
        const prepared = await sink.prepare(batches, terms)
        return { ...prepared, store: (flushId) => timed(signal, () => prepared.store(flushId)) }
      },
    }
  }

  return {
    sinks: (sinks) =>
      Object.fromEntries(
        Object.entries(sinks).map(([signal, sink]) => [signal, measured(signal as Signal, sink)] as const),
      ),
    intake: (intake) => ({
      ...intake,
      async deadLetter(batchId, reason) {
        await intake.deadLetter(batchId, reason)
        deadLetters++
      },
    }),
    families: () => [
      {
        name: 'tocsin_normalizer_insert_seconds',
        type: 'histogram',
        help: 'Time to store a flush, by signal; its count is the number of flushes.',
        samples: inserts.samples(),
      },
      {
        name: 'tocsin_normalizer_insert_failures_total',
        type: 'counter',
        help: 'Attempts to store a flush that failed, by signal; they are made again.',
        samples: [...failures].map(([signal, value]) => ({ labels: { signal }, value })),
      },
      {
        name: 'tocsin_dead_letters_total',
        type: 'counter',
        help: 'Batches moved to the dead letters by this process.',
        samples: [{ value: deadLetters }],
      },
    ],
  }
}
