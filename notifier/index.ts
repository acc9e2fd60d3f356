import type { Clock, Log, Random } from '../schema/ports/clock.js'
import type { FanOut } from '../schema/ports/limits.js'
import type { Job, Jobs, JobWorker, NotificationStore } from '../schema/ports/notifications.js'
import { createEgress } from './channels/egress.js'
import { type ChannelSettings, createSend } from './channels/index.js'
import { createDeliver } from './deliver.js'
import { createMeter, type NotifierMetrics } from './meter.js'
import { relay } from './relay.js'
import { createRounds } from './rounds.js'
import { createSchedule } from './schedule.js'
import { createSettle } from './settle.js'
import { sweep } from './sweeper.js'
import { type ChannelTest, createChannelTest } from './test-message.js'
import { createTurns } from './turns.js'

/** Names of the queues of jobs. */
export const OUTBOX_QUEUE = 'outbox'
export const DELIVERY_QUEUE = 'delivery'

/** How often the outbox is looked at unasked, and for what got lost, ms. */
const RELAY_EVERY_MS = 2_000
const SWEEP_EVERY_MS = 10_000

/** When a delivery could not even be claimed or recorded, it is looked at again this much later, ms. */
const AGAIN_AFTER_MS = 5_000

/** Outbox rows settled at a time: database work. */
const SETTLE_CONCURRENCY = 4
/** Messages on their way at a time, to all channels and to one. */
const DELIVER_CONCURRENCY = 128
const PER_CHANNEL = 4

export interface NotifierDeps extends ChannelSettings {
  readonly store: NotificationStore
  readonly jobs: Jobs
  readonly fanOut: FanOut
  readonly clock: Clock
  readonly log: Log
  readonly random: Random
  /** True when no other notifier can be at work: what a dead one had in hand is taken over at the start. */
  readonly alone: boolean
  /** Links in messages begin with it; null leaves them out. */
  readonly publicUrl: string | null
}

export interface Notifier {
  start(): Promise<void>
  /** Takes nothing new and resolves when what is being sent is sent and recorded. Unclaimed jobs stay in their queue. */
  stop(): Promise<void>
  /** Sends a test message at once; null when the org has no such channel. Needs no `start`. */
  testChannel(orgId: string, channelId: string): Promise<ChannelTest | null>
  /** Why a tenant's URL can never be called, as a sentence; null when it may be. Names are looked up when sending. */
  urlFault(url: string): string | null
  metrics(): NotifierMetrics
}

/** Carries incidents to people: relay, pipeline, deliveries, sweeper. Any number may run beside each other. */
export function createNotifier(deps: NotifierDeps): Notifier {
  const { store, jobs, fanOut, clock, log, random, publicUrl } = deps
  const meter = createMeter()
  const egress = createEgress(deps.webhookAllow, deps.resolve)
  const send = createSend(deps, egress)
  const outbox = jobs.queue(OUTBOX_QUEUE)
  const deliveries = jobs.queue(DELIVERY_QUEUE)
  const schedule = createSchedule({ deliveries, clock, random })
  const settle = createSettle({ store, schedule, fanOut, clock, random, log, meter })
  const deliver = createDeliver({ store, send, schedule, fanOut, clock, random, log, meter, publicUrl })
  const failed = (error: unknown, what: string) => log.error({ err: error, what }, 'A step of the notifier failed.')
  const turns = createTurns(PER_CHANNEL, failed)

  const relaying = createRounds('relay', RELAY_EVERY_MS, () => relay({ store, outbox, clock }), failed)
  const sweeping = createRounds(
    'sweeper',
    SWEEP_EVERY_MS,
    async () => meter.count('swept', await sweep({ store, outbox, clock, waiting: turns.waiting })),
    failed,
  )
  let workers: JobWorker[] = []
  let unsubscribe: () => Promise<void> = async () => undefined

  /** Our own faults are mostly the database's, and pass; the sweeper would be slower. */
  async function attempt(deliveryId: string, channelId: string): Promise<void> {
    try {
      await deliver(deliveryId)
    } catch (error) {
      failed(error, deliveryId)
      const jobId = `${deliveryId}_again_${clock.now()}`
      await deliveries.add([{ jobId, payload: { deliveryId, channelId }, delayMs: AGAIN_AFTER_MS }])
    }
  }

  return {
    async start() {
      if (deps.alone) await store.restart(clock.now())
      workers = [
        await outbox.work((job) => settle(BigInt(textOf(job, 'outboxId'))), { concurrency: SETTLE_CONCURRENCY }),
        await deliveries.work(
          async (job) => {
            const [deliveryId, channelId] = [textOf(job, 'deliveryId'), textOf(job, 'channelId')]
            await turns.take(channelId, deliveryId, () => attempt(deliveryId, channelId))
          },
          { concurrency: DELIVER_CONCURRENCY },
        ),
      ]
      unsubscribe = await fanOut.subscribe('outbox', () => relaying.wake())
      relaying.start()
      sweeping.start()
    },
    async stop() {
      await unsubscribe()
      await Promise.all([relaying.stop(), sweeping.stop()])
      turns.clear()
      await Promise.all(workers.map((worker) => worker.stop()))
      workers = []
    },
    testChannel: createChannelTest({ store, send, clock, random, log }),
    urlFault: (url) => egress.urlFault(url),
    metrics: () => meter.read(),
  }
}

function textOf(job: Job, field: string): string {
  const value = job.payload[field]
  if (typeof value !== 'string') throw new TypeError(`Job ${job.jobId} carries no ${field}.`)
  return value
}
