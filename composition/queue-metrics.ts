import type { MetricFamily } from '../schema/domain/exposition.js'
import { SIGNALS } from '../schema/domain/signal.js'
import type { Intake, Log } from '../schema/ports.js'

/** Orgs shown by name: those whose data waits longest. More would be a series for each customer. */
const WORST_ORGS = 10
/** What was read is shown again for so long, ms: whoever reads the page often asks the queue no more often. */
const FRESH_MS = 1_000

/** How full the queue is and how far behind each signal. A queue that cannot be read shows `tocsin_queue_up` 0 alone. */
export function createQueueMetrics(deps: {
  readonly intake: Pick<Intake, 'pressure' | 'watermarks'>
  readonly log: Log
  /** Monotonic, ms. */
  readonly elapsed: () => number
}): () => Promise<readonly MetricFamily[]> {
  let read: { readonly at: number; readonly families: Promise<readonly MetricFamily[]> } | null = null

  async function readNow(): Promise<readonly MetricFamily[]> {
    try {
      return await queueFamilies(deps.intake)
    } catch (error) {
      deps.log.warn({ error: String(error) }, 'the queue cannot be read for its metrics')
      return [up(0)]
    }
  }

  return () => {
    const at = deps.elapsed()
    if (read === null || at - read.at >= FRESH_MS) read = { at, families: readNow() }
    return read.families
  }
}

async function queueFamilies(intake: Pick<Intake, 'pressure' | 'watermarks'>): Promise<readonly MetricFamily[]> {
  const { batches, bytes, oldestAgeMs, memoryRatio } = await intake.pressure()
  const { now, oldest } = await intake.watermarks()
  const ages = oldest.map(({ orgId, signal, acceptedAt }) => ({
    labels: { signal, org: orgId },
    value: Math.max(0, now - acceptedAt) / 1000,
  }))
  const worst = ages.toSorted((a, b) => b.value - a.value).slice(0, WORST_ORGS)
  const gauge = (name: string, help: string, samples: MetricFamily['samples']): MetricFamily => ({
    name,
    type: 'gauge',
    help,
    samples,
  })
  return [
    up(1),
    gauge('tocsin_queue_batches', 'Batches accepted and not yet stored.', [{ value: batches }]),
    gauge('tocsin_queue_bytes', 'Decompressed bytes of those batches.', [{ value: bytes }]),
    gauge('tocsin_queue_lag_seconds', 'Age of the oldest of those batches.', [{ value: oldestAgeMs / 1000 }]),
    gauge(
      'tocsin_queue_memory_ratio',
      "Share of its memory that the queue's store has used; only where it has a bound.",
      memoryRatio === null ? [] : [{ value: memoryRatio }],
    ),
    gauge(
      'tocsin_watermark_age_seconds',
      'How far behind the low watermark is, by signal: that of the org that is furthest behind.',
      SIGNALS.map((signal) => ({
        labels: { signal },
        value: ages.reduce((most, age) => (age.labels.signal === signal ? Math.max(most, age.value) : most), 0),
      })),
    ),
    gauge('tocsin_watermark_age_worst_seconds', `The same of the ${WORST_ORGS} orgs furthest behind.`, worst),
  ]
}

function up(value: number): MetricFamily {
  return { name: 'tocsin_queue_up', type: 'gauge', help: '1 when the queue could be read.', samples: [{ value }] }
}
