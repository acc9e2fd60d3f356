import type { Pool } from 'pg'
import { ROLLUP_RETENTION_DAYS } from '../schema/domain/retention.js'
import type { Clock, FlushManifests, Log, StorageTerms } from '../schema/ports.js'
import { createMetricRollups } from '../sql/metric-rollups.js'
import { createMetricRetention } from '../sql/retention/metric-retention.js'
import type { Stops } from './stops.js'

const ROLLUPS_EVERY_MS = 60_000
const RETENTION_EVERY_MS = 3_600_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** Keeps the metrics store: rollups every minute, partitions and retention at the start and then every hour. */
export function startMetricUpkeep(
  deps: {
    readonly metrics: Pool
    /** The database with the flush manifest. */
    readonly engine: Pool
    readonly flushes: Pick<FlushManifests, 'snapshot'>
    readonly terms: StorageTerms
    readonly clock: Clock
    readonly log: Log
  },
  stops: Stops,
): void {
  const { metrics, engine, flushes, terms, clock, log } = deps
  const rollups = createMetricRollups({ metrics, engine, snapshot: () => flushes.snapshot() })
  const keeper = createMetricRetention({ pool: metrics, retention: () => terms.retention(), log })

  async function rollUp(): Promise<void> {
    const now = clock.now()
    const { standard, exceptions } = await terms.retention()
    const longest = Math.max(standard.samples, ...[...exceptions().values()].map(({ samples }) => samples))
    const run = await rollups.run({
      // An hour inside of what is dropped, so that no run meets half a day.
      from: now - longest * DAY_MS + HOUR_MS,
      finestFrom: now - ROLLUP_RETENTION_DAYS.rollup_1m * DAY_MS + HOUR_MS,
      until: now + 2 * DAY_MS,
    })
    if (run !== null) log.debug(run, 'metrics rolled up')
  }

  async function retain(): Promise<void> {
    log.debug(await keeper.run(clock.now()), 'metrics kept within their days')
  }

  // One after the other: both want locks on the same tables.
  let work: Promise<void> = Promise.resolve()
  const queue = (name: string, task: () => Promise<void>) => {
    work = work.then(task).catch((error: unknown) => {
      log.warn({ error: String(error) }, `${name} of metrics failed; it is tried again`)
    })
  }
  queue('retention', retain)
  const timers = [
    setInterval(() => queue('rollups', rollUp), ROLLUPS_EVERY_MS),
    setInterval(() => queue('retention', retain), RETENTION_EVERY_MS),
  ]
  stops.add('upkeep of metrics', async () => {
    for (const timer of timers) clearInterval(timer)
    await work
  })
}
