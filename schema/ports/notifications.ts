import type { ChannelConfig } from '../domain/channel.js'
import type { TimelineKind } from '../domain/incident.js'
import type { Labels } from '../domain/labels.js'
import type { ChannelKind, DedupReason, DeliveryStatus, Message, OutboxKind } from '../domain/notification.js'
import type { Rule } from '../domain/rule.js'

/*
 * What the notifier needs of the world: delayed jobs, and a store with the outbox, the ledger and the channels. Words:
 *   lane     the deliveries of one incident to one channel, in the order of their outbox rows
 *   settle   to freeze an outbox row's message and write who gets it and who does not, in one transaction
 *   claim    to take a delivery for one attempt, before anything is sent
 *   record   to write what became of an attempt
 */

/** What a job carries: ids, never a secret. */
export type JobPayload = Readonly<Record<string, string | number>>

export interface Job {
  readonly jobId: string
  readonly payload: JobPayload
}

/** A named queue of jobs that can wait. At least once, in no order. */
export interface JobQueue {
  /**
   * Adds jobs. A job whose id is still known to the queue (waiting, running, or retained after its end) is not added
   * again. Ids hold letters, digits, `_` and `-`, and are no bare integers.
   */
  add(jobs: readonly (Job & { readonly delayMs?: number })[]): Promise<void>
  /**
   * Runs jobs, `concurrency` at a time. A handler that throws fails its job, which is then not run again: the ledger
   * finds it.
   */
  work(handle: (job: Job) => Promise<void>, options: { readonly concurrency: number }): Promise<JobWorker>
}

export interface JobWorker {
  /** Takes no more jobs, and resolves when those in hand have ended. */
  stop(): Promise<void>
}

/** Queues by name: letters, digits and dashes. Asked twice for a name, it may hand out the same queue. */
export interface Jobs {
  queue(name: string): JobQueue
  close(): Promise<void>
}

/** An outbox row that was handed over, and for the how-manieth time. */
export interface HandedRow {
  readonly id: bigint
  readonly attempt: number
}

/** A channel as the pipeline sees it: without its configuration. */
export interface ChannelFacts {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly kind: ChannelKind
  readonly sendResolved: boolean
  /** Neither disabled nor deleted. */
  readonly live: boolean
}

/** A delivery as its lane sees it. */
export interface LaneEntry {
  readonly id: string
  readonly kind: OutboxKind
  readonly status: DeliveryStatus
  /** An attempt was delivered, or ended without saying so. Holds while an attempt is under way. */
  readonly mayHaveHeard: boolean
  /** An attempt is under way, and its lease has not run out. */
  readonly inFlight: boolean
}

/** All that is known when an outbox row is settled. Times in Unix ms. */
export interface SettleFacts {
  readonly now: number
  readonly outbox: {
    readonly id: bigint
    readonly kind: OutboxKind
    readonly at: number
    readonly value: number | null
    readonly reason: string
    readonly severity: Message['incident']['severity']
  }
  readonly orgId: string
  readonly org: Message['org']
  readonly incident: {
    readonly id: string
    readonly number: number
    readonly title: string
    readonly labels: Labels
    readonly startedAt: number
    readonly resolvedAt: number | null
  }
  /** Null for incidents about Tocsin itself. `notify` is null where the routing decides. */
  readonly monitor:
    | (NonNullable<Message['monitor']> & {
        readonly notify: readonly string[] | null
        /** As it stands now; absent where it cannot be read. */
        readonly rule?: Rule
      })
    | null
  /** Live and disabled channels of the org, and deleted ones that have a lane of this incident; by key. */
  readonly channels: readonly ChannelFacts[]
  /** Lanes of this incident, by channel id. */
  readonly lanes: ReadonlyMap<string, readonly LaneEntry[]>
}

/** A line for the incident's timeline. */
export interface TimelineNote {
  readonly kind: TimelineKind
  readonly text: string
  readonly data: unknown
}

/** What settling an outbox row writes. */
export interface SettlePlan {
  readonly message: Message
  readonly deliveries: readonly {
    readonly id: string
    readonly channelId: string
    readonly status: 'PENDING' | 'SUPPRESSED'
    readonly reason: DedupReason
  }[]
  readonly changes: LaneChanges
}

/** Deliveries that are decided against, each with its reason, and what to say of it. */
export interface LaneChanges {
  readonly suppressed: readonly { readonly id: string; readonly reason: DedupReason }[]
  readonly notes: readonly TimelineNote[]
}

/** A delivery that may be tried from `dueAt` on (Unix ms). */
export interface DueDelivery {
  readonly deliveryId: string
  readonly channelId: string
  readonly attemptCount: number
  readonly dueAt: number
}

/** What is decided about a delivery that asks to be sent: with `send` null it stays as it is, or was suppressed. */
export interface ClaimDecision {
  /** `threadId`: the delivery by which the message is threaded, perhaps the very one. */
  readonly send: { readonly reason: DedupReason; readonly threadId: string } | null
  readonly changes: LaneChanges
}

/** A lane as it stands when a delivery asks to be sent. */
export interface ClaimFacts {
  readonly deliveryId: string
  readonly channel: ChannelFacts
  readonly lane: readonly LaneEntry[]
}

/** A delivery taken for one attempt. The attempt is written down already, as one that may have been heard. */
export interface ClaimedDelivery {
  readonly deliveryId: string
  readonly orgId: string
  readonly incidentId: string
  readonly channel: ChannelFacts
  /** Null when its seal does not open: the master key is not the one it was sealed with. */
  readonly config: ChannelConfig | null
  readonly message: Message
  readonly reason: DedupReason
  /** Attempts begun, this one included. */
  readonly attemptCount: number
  readonly attemptId: bigint
  /** Unix ms. */
  readonly startedAt: number
  /** Whether an earlier attempt may have been heard. */
  readonly heardBefore: boolean
  /** The delivery by which messages are threaded, perhaps this one, and what its receiver answered. */
  readonly thread: { readonly deliveryId: string; readonly receipt: unknown }
}

/** What became of an attempt. */
export interface AttemptRecord {
  readonly now: number
  readonly durationMs: number
  readonly outcome: AttemptOutcome
  /** For people; never a secret. */
  readonly detail: string
  readonly status: 'DELIVERED' | 'RETRYING' | 'FAILED'
  readonly mayHaveHeard: boolean
  /** Null unless RETRYING. */
  readonly nextAt: number | null
  readonly receipt: unknown
  /** Why the channel is disabled from now on; null when it is not. */
  readonly disableChannel: string | null
  readonly note: TimelineNote | null
}

/** `sending` while under way; `unknown` when the process ended before the answer was recorded. */
export type AttemptOutcome = 'sending' | 'unknown' | 'delivered' | 'retry' | 'final'

/** A channel and its configuration, for a test message. */
export interface TestTarget {
  readonly channel: ChannelFacts
  /** Null when its seal does not open. */
  readonly config: ChannelConfig | null
  readonly org: Message['org']
}

/**
 * The outbox and the ledger. Functions given to it are pure and run inside the transaction, under a lock of the
 * incident. Works for many orgs; every row carries its own. An outbox row is closed by the transaction that ends its
 * last delivery.
 */
export interface NotificationStore {
  /**
   * Marks open rows as handed over, oldest first: those never handed, or with `staleBefore` those that were handed, or
   * whose deliveries were due, before that time (Unix ms).
   */
  handOver(options: {
    readonly now: number
    readonly staleBefore: number | null
    readonly limit: number
  }): Promise<HandedRow[]>
  /** Counts the rows of these deliveries as handed over now: they wait for their turn in a process that lives. */
  stillWaiting(deliveryIds: readonly string[], now: number): Promise<void>
  /** Undoes a hand-over that failed, so that the next one takes the rows again. */
  takeBack(ids: readonly bigint[]): Promise<void>
  /**
   * Takes over from a process that is gone: its attempts under way end as unknown, their deliveries are due, and every
   * open row is to be handed over anew. Only for a process that knows itself to be the only one.
   */
  restart(now: number): Promise<void>
  /**
   * Settles the row and every earlier unsettled row of its incident, in order. Returns what is due in the incident's
   * lanes, also when the row was settled before.
   */
  settle(
    outboxId: bigint,
    now: number,
    plan: (facts: SettleFacts) => SettlePlan,
  ): Promise<{ readonly incidentId: string; readonly settled: number; readonly due: readonly DueDelivery[] } | null>
  /**
   * Takes a delivery for one attempt until `leaseUntil`. Null when it is over, under way, or not due before
   * `now + slackMs`.
   */
  claim(
    deliveryId: string,
    times: { readonly now: number; readonly leaseUntil: number; readonly slackMs: number },
    decide: (facts: ClaimFacts) => ClaimDecision,
  ): Promise<{ readonly claimed: ClaimedDelivery | null; readonly due: readonly DueDelivery[] } | null>
  /** Writes an attempt's end, then what `advance` makes of its lane. Returns what is due in the lane. */
  record(
    claimed: ClaimedDelivery,
    record: AttemptRecord,
    advance: (channel: ChannelFacts, lane: readonly LaneEntry[]) => LaneChanges,
  ): Promise<readonly DueDelivery[]>
  /** Null when the org has no such channel. */
  testTarget(orgId: string, channelId: string): Promise<TestTarget | null>
}
