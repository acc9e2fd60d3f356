import type { LowWatermark } from '../domain/horizon.js'
import type { Signal } from '../domain/signal.js'
import type { PackedBody } from './packed-body.js'

/**
 * How a batch's body is to be read. Bodies are kept as they were
 * without the client's compression. OTLP's are an `Export…ServiceRequest` as JSON or
 * protobuf, those of remote write a `WriteRequest` of `prometheus` (1) or a `Request` of `io.prometheus.write.v2` (2).
 */
export const BATCH_PROTOCOLS = [
  'native-json',
  'otlp-json',
  'otlp-protobuf',
  'remote-write-1',
  'remote-write-2',
] as const
export type BatchProtocol = (typeof BATCH_PROTOCOLS)[number]

/** A batch that passed every guard and asks to be accepted. */
export interface IncomingBatch {
  /** UUID. */
  readonly batchId: string
  readonly orgId: string
  /** Id of the ingest key. */
  readonly keyId: string
  readonly signal: Signal
  readonly protocol: BatchProtocol
  readonly items: number
  /** The intake may hold on to these bytes; the caller no longer writes to them. */
  readonly body: PackedBody
  readonly idempotency: {
    /** 32 bytes: hash of org, ingest key, path and idempotency key (or of the signature, where there was none). */
    readonly scope: Uint8Array
    /** SHA-256 of the decompressed body. */
    readonly bodyHash: Uint8Array
    /** How long the first answer is remembered, ms. */
    readonly ttlMs: number
  }
}

/**
 * What became of an enqueue. `replayed` carries the first answer: the same scope and body were accepted before.
 * `conflict`: the scope was used with another body.
 */
export type EnqueueResult =
  | {
      readonly outcome: 'accepted' | 'replayed'
      readonly batchId: string
      readonly items: number
      readonly acceptedAt: number
    }
  | { readonly outcome: 'conflict' }

/** A batch handed to one consumer until its claim runs out. */
export interface ClaimedBatch {
  readonly batchId: string
  readonly orgId: string
  readonly keyId: string
  readonly signal: Signal
  readonly protocol: BatchProtocol
  readonly items: number
  /** Unix ms, stamped by the queue's own clock inside the enqueue. */
  readonly acceptedAt: number
  readonly body: PackedBody
  /** How often it has been claimed, this time included. */
  readonly deliveries: number
}

export interface ClaimLimits {
  readonly maxBatches: number
  /** Stops after the batch that passes this many bytes, so that one batch always fits. */
  readonly maxBytes: number
  /** The claim runs out after this long without `extend`, ms. */
  readonly claimMs: number
}

/** The queue's clock and, per org and signal, the oldest batch that is not yet stored, read in one instant. */
export interface WatermarkReading {
  readonly now: number
  readonly oldest: readonly LowWatermark[]
}

/** How full the queue is. */
export interface IntakePressure {
  /** That wait or are claimed. */
  readonly batches: number
  readonly bytes: number
  /** Age of the oldest of them by the queue's clock, ms; 0 when there is none. */
  readonly oldestAgeMs: number
  /** Share of its memory that the queue's store has used, 0 to 1; null where it has no such bound. */
  readonly memoryRatio: number | null
}

/**
 * The queue between the ingest edge and the normalizer. At least once: a batch leaves it by `acknowledge` or
 * `deadLetter` alone. Batches of one signal are claimed in the order of acceptance.
 */
export interface Intake {
  /** Remembers the idempotency scope and enqueues in one atomic step, durably. */
  enqueue(batch: IncomingBatch): Promise<EnqueueResult>
  /** Up to the limits, oldest first, of one signal; skips what others hold. Empty when there is nothing. */
  claim(consumer: string, signal: Signal, limits: ClaimLimits): Promise<ClaimedBatch[]>
  /** Named batches, whether or not another consumer's claim on them has run out; those no longer there are left out. */
  claimThese(consumer: string, batchIds: readonly string[], claimMs: number): Promise<ClaimedBatch[]>
  /** Renews claims; returns the ids that this consumer still holds. */
  extend(consumer: string, batchIds: readonly string[], claimMs: number): Promise<string[]>
  /** Gives claims back at once, so that others may take them. */
  release(consumer: string, batchIds: readonly string[]): Promise<void>
  /** Voids every claim. Only for a process that knows itself to be the only one. */
  releaseAll(): Promise<void>
  /** Removes stored batches, whoever holds them. */
  acknowledge(batchIds: readonly string[]): Promise<void>
  /** Moves a batch to the dead-letter store with its reason, its body sealed. */
  deadLetter(batchId: string, reason: string): Promise<void>
  watermarks(): Promise<WatermarkReading>
  /** Batches and bytes that wait or are claimed. */
  depth(): Promise<{ readonly batches: number; readonly bytes: number }>
  /** How full it is, in one cheap read: the edge asks every second. */
  pressure(): Promise<IntakePressure>
  /** Resolves when something may have been enqueued for the signal, or after `timeoutMs`, or when `signal` aborts. */
  waitForWork(signal: Signal, timeoutMs: number, abort: AbortSignal): Promise<void>
  /** Forgets idempotency entries whose time is over; returns how many. */
  sweep(): Promise<number>
  close(): Promise<void>
}
