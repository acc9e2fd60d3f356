import type { Evaluator } from '../evaluator/index.js'
import type { IngestEdge } from '../ingest/edge/index.js'
import type { Normalizer } from '../ingest/normalizer/index.js'
import type { Notifier } from '../notifier/index.js'
import { exposition, type MetricFamily } from '../schema/domain/exposition.js'
import type { Clock, Intake, Log } from '../schema/ports.js'
import { createFlushMeter, type FlushMeter } from './flush-meter.js'
import { createProcessMetrics } from './process-metrics.js'
import { createQueueMetrics } from './queue-metrics.js'
import type { Stops } from './stops.js'

/** What this process can tell of itself. Roles enter themselves when they start. */
export interface SelfMetrics {
  readonly flushMeter: FlushMeter
  normalizer: Pick<Normalizer, 'stored'> | null
  evaluator: Pick<Evaluator, 'metrics' | 'lastPassAt'> | null
  notifier: Pick<Notifier, 'metrics'> | null
  edge: Pick<IngestEdge, 'metrics'> | null
  /** For the edge's own port, which shows its own counts already. */
  shared(): Promise<string>
  /** All of it. */
  all(): Promise<string>
}

export function createSelfMetrics(
  deps: { readonly intake: Pick<Intake, 'pressure' | 'watermarks'>; readonly clock: Clock; readonly log: Log },
  stops: Stops,
): SelfMetrics {
  const own = createProcessMetrics()
  stops.add('process metrics', async () => own.close())
  const queue = createQueueMetrics({ ...deps, elapsed: () => performance.now() })
  const self: SelfMetrics = {
    flushMeter: createFlushMeter(),
    normalizer: null,
    evaluator: null,
    notifier: null,
    edge: null,
    async shared() {
      return exposition([
        ...(await queue()),
        ...normalizerFamilies(self.normalizer, self.flushMeter),
        ...evaluatorFamilies(self.evaluator, deps.clock.now()),
        ...notifierFamilies(self.notifier),
        ...own.families(),
      ])
    },
    all: async () => (self.edge?.metrics() ?? '') + (await self.shared()),
  }
  return self
}

function normalizerFamilies(normalizer: SelfMetrics['normalizer'], meter: FlushMeter): readonly MetricFamily[] {
  if (normalizer === null) return []
  const stored = Object.entries(normalizer.stored())
  return [
    {
      name: 'tocsin_normalizer_stored_rows_total',
      type: 'counter',
      help: 'Rows stored, by signal.',
      samples: stored.map(([signal, { rows }]) => ({ labels: { signal }, value: rows })),
    },
    {
      name: 'tocsin_normalizer_stored_bytes_total',
      type: 'counter',
      help: 'Bytes stored, as usage counts them, by signal.',
      samples: stored.map(([signal, { bytes }]) => ({ labels: { signal }, value: bytes })),
    },
    ...meter.families(),
  ]
}

function evaluatorFamilies(evaluator: SelfMetrics['evaluator'], now: number): readonly MetricFamily[] {
  if (evaluator === null) return []
  const { passes, failedPasses, failedOrgs } = evaluator.metrics()
  const last = evaluator.lastPassAt()
  return [
    counter('tocsin_evaluator_passes_total', 'Passes over all orgs held that ended well.', passes),
    counter('tocsin_evaluator_failed_passes_total', 'Passes that failed; they are made again.', failedPasses),
    counter('tocsin_evaluator_failed_orgs_total', 'Passes of one org that failed; the others were judged.', failedOrgs),
    {
      name: 'tocsin_evaluator_last_pass_timestamp_seconds',
      type: 'gauge',
      help: 'When the last pass that ended well began, Unix time.',
      samples: last === null ? [] : [{ value: last / 1000 }],
    },
    {
      name: 'tocsin_evaluator_lag_seconds',
      type: 'gauge',
      help: 'How long ago that is.',
      samples: last === null ? [] : [{ value: Math.max(0, now - last) / 1000 }],
    },
  ]
}

function notifierFamilies(notifier: SelfMetrics['notifier']): readonly MetricFamily[] {
  if (notifier === null) return []
  const { settled, delivered, retried, failed, swept } = notifier.metrics()
  return [
    counter('tocsin_notifier_settled_total', 'Outbox rows settled into the ledger.', settled),
    counter('tocsin_notifier_delivered_total', 'Messages delivered.', delivered),
    counter('tocsin_notifier_retried_total', 'Deliveries put off for another attempt.', retried),
    counter('tocsin_notifier_failed_total', 'Deliveries given up.', failed),
    counter('tocsin_notifier_swept_total', 'Outbox rows that the sweeper handed over again.', swept),
  ]
}

function counter(name: string, help: string, value: number): MetricFamily {
  return { name, type: 'counter', help, samples: [{ value }] }
}
