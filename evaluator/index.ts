import { createTask } from 'node-cron'
import type { EvaluationStore, FanOut, Log, ShardLease, WatermarkReading } from '../schema/ports.js'
import { LeaseLostError } from '../schema/ports.js'
import { type OrgPassDeps, passOrg } from './org.js'
import { createHeavyMeasures } from './slices.js'

/** What the evaluator needs of the world. */
export interface EvaluatorDeps extends Omit<OrgPassDeps, 'onIncidents' | 'heavy'> {
  readonly store: EvaluationStore
  /** A name of this process that no other has. */
  readonly name: string
  /** True when no other process can hold shards: a dead one's are taken over at once. */
  readonly alone: boolean
  readonly watermarks: () => Promise<WatermarkReading>
  readonly fanOut: Pick<FanOut, 'publish' | 'subscribe'>
  readonly log: Log
}

export interface Evaluator {
  /** Fails when the store cannot be reached. */
  start(): Promise<void>
  /** Ends after the pass under way, and gives the shards back. */
  stop(): Promise<void>
  /** One pass over all orgs held, now. The scheduler calls it every second; tests call it by hand. */
  pass(): Promise<void>
  /** An org's monitors changed: it is looked at with the next pass. */
  wake(orgId: string): void
  /** When the last pass ended well, Unix ms on the queue's clock; null before the first. */
  lastPassAt(): number | null
  metrics(): EvaluatorMetrics
}

/** Counts since the start of the process. */
export interface EvaluatorMetrics {
  /** That ended well. */
  readonly passes: number
  readonly failedPasses: number
  /** Passes of one org that failed; the others were judged. */
  readonly failedOrgs: number
}

/** Leases outlive a few missed renewals; an evaluator that died is followed after this long. */
const LEASE_MS = 15_000
const PRUNE_EVERY_MS = 600_000

/** The scheduled evaluator: every second it judges what became complete in the shards it holds. */
export function createEvaluator(deps: EvaluatorDeps): Evaluator {
  const { store, log } = deps
  const orgDeps: OrgPassDeps = {
    ...deps,
    heavy: createHeavyMeasures(),
    onIncidents: () => {
      // A wake-up only: the notifier also looks by itself.
      deps.fanOut
        .publish('outbox', '')
        .catch((error: unknown) => log.warn({ error: String(error) }, 'wake-up of the notifier failed'))
    },
  }
  /** By org: when there can be something to do again, under the lease it was found out with. */
  const idle = new Map<string, { readonly until: number; readonly fencing: bigint }>()
  let unsubscribe: () => Promise<void> = async () => undefined
  let running: Promise<void> | null = null
  let lastPassAt: number | null = null
  const counts = { passes: 0, failedPasses: 0, failedOrgs: 0 }
  let prunedAt = 0
  let failing = false

  async function passOnce(): Promise<void> {
    // The watermark is read before any snapshot: a batch that it no longer counts is in a flush that is closed.
    const reading = await deps.watermarks()
    const leases = await store.acquireShards(deps.name, LEASE_MS)
    const byShard = new Map(leases.map((lease) => [lease.shard, lease]))
    for (const { orgId, shard } of await store.orgsOf([...byShard.keys()])) {
      const lease = byShard.get(shard)
      const rest = idle.get(orgId)
      const resting = rest !== undefined && rest.fencing === lease?.fencing && reading.now < rest.until
      if (lease !== undefined && !resting) await passOrgGuarded(lease, orgId, reading)
    }
    lastPassAt = reading.now
    counts.passes++
    if (reading.now - prunedAt > PRUNE_EVERY_MS) {
      prunedAt = reading.now
      const rows = await store.prune(reading.now)
      if (rows > 0) log.debug({ rows }, 'evaluation memory pruned')
    }
  }

  /** A fault of one org is its own: the others are judged. */
  async function passOrgGuarded(lease: ShardLease, orgId: string, reading: WatermarkReading): Promise<void> {
    try {
      // Set before, so that a monitor that changes meanwhile is not overlooked.
      const mark = { until: Number.POSITIVE_INFINITY, fencing: lease.fencing }
      idle.set(orgId, mark)
      const until = await passOrg(orgDeps, lease, orgId, reading)
      if (idle.get(orgId) === mark) idle.set(orgId, { until, fencing: lease.fencing })
    } catch (error) {
      idle.delete(orgId)
      if (error instanceof LeaseLostError)
        log.warn({ orgId, shard: lease.shard }, 'shard is held by another evaluator now')
      else {
        counts.failedOrgs++
        log.error({ orgId, error: describe(error) }, 'evaluation of an org failed; its state is as it was')
      }
    }
  }

  function wake(orgId: string): void {
    idle.delete(orgId)
  }

  function pass(): Promise<void> {
    running ??= passOnce().finally(() => {
      running = null
    })
    return running
  }

  async function scheduledPass(): Promise<void> {
    try {
      await pass()
      if (failing) log.info({}, 'evaluation goes on')
      failing = false
    } catch (error) {
      if (!failing) log.error({ error: describe(error) }, 'evaluation is halted; it is tried again every second')
      counts.failedPasses++
      failing = true
    }
  }

  const quiet = (message: unknown) => log.debug({ message: String(message) }, 'scheduler')
  const task = createTask('* * * * * *', scheduledPass, {
    name: 'evaluator',
    // A pass that takes longer than a second is joined, not doubled.
    noOverlap: true,
    suppressMissedWarning: true,
    logger: { info: quiet, warn: quiet, error: quiet, debug: quiet },
  })
  return {
    async start() {
      if (deps.alone) await store.releaseAllShards()
      unsubscribe = await deps.fanOut.subscribe('monitor', (orgId) => wake(orgId))
      await task.start()
    },
    async stop() {
      await task.stop()
      if (running !== null)
        await running.catch((error: unknown) => log.warn({ error: describe(error) }, 'the last pass failed'))
      await task.destroy()
      await unsubscribe()
      await store.releaseShards(deps.name)
    },
    pass,
    wake,
    lastPassAt: () => lastPassAt,
    metrics: () => ({ ...counts }),
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
