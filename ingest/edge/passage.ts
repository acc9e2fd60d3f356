import type { IncomingMessage } from 'node:http'
import type { IngestCredential } from '../../schema/domain/ingest-key.js'
import type { Signal } from '../../schema/domain/signal.js'
import type { Clock, Log, Random } from '../../schema/ports/clock.js'
import type { IngestCredentials } from '../../schema/ports/ingest.js'
import type { Intake } from '../../schema/ports/intake.js'
import type { PackedBody } from '../../schema/ports/packed-body.js'
import type { FixedWindows } from './fixed-windows.js'
import type { HeldShare } from './held-bytes.js'
import type { EdgeLimits } from './limits.js'
import type { WireForm } from './protocol.js'
import type { QueueGauge } from './queue-gauge.js'
import type { BodyReader } from './reading/reader.js'
import type { RefusalDetail } from './refusals.js'
import type { SureLimiter } from './sure-limiter.js'

/*
 * A request's way through the edge. Words:
 *   guard     one check; it throws a Refusal, or notes what it learnt in the passage and lets it on
 *   passage   what is known of a request so far
 */

/** What the guards share. */
export interface EdgeTools {
  readonly intake: Intake
  readonly credentials: IngestCredentials
  readonly sureLimiter: SureLimiter
  readonly queueGauge: QueueGauge
  readonly reader: BodyReader
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly limits: EdgeLimits
  /** Refusals per address. */
  readonly addresses: FixedWindows
  /** Requests of any outcome per address; null where they have no bound. */
  readonly allOfAddress: FixedWindows | null
  /** Requests with a BROWSER key, per key and address. */
  readonly browserAddresses: FixedWindows
}

/** Security headers, each at most once and of the right form; null where the request has none. */
export interface IngestHeaders {
  readonly orgKey: string | null
  /** Digits, as sent: they are signed. */
  readonly timestamp: string | null
  readonly idempotencyKey: string | null
  /** 32 bytes. */
  readonly signature: Uint8Array | null
  readonly bearer: string | null
  /** The page's origin, where the request claims to come from one and carries no proof. */
  readonly origin: string | null
  /** As sent: it is signed. Null means identity. */
  readonly contentEncoding: string | null
}

/** No body, or none any more. */
export const NO_BYTES = new Uint8Array(0)

/** What is known of a request so far. Each guard fills in its part. */
export interface Passage {
  readonly request: IncomingMessage
  readonly signal: Signal
  /** Without the query. */
  readonly path: string
  readonly address: string
  /** Its share of the bytes held; given back when the request ends. */
  readonly held: HeldShare
  headers: IngestHeaders
  /** What the body is; `json` until the schema guard has seen whether it is OTLP, null until the headers were read. */
  form: WireForm | null
  /** Headers of the answer, whether it is let through or refused. */
  readonly answerHeaders: Record<string, string>
  /** Whose request it claims to be; proven once the signature guard let it pass. Null for a key nobody has. */
  claimed: IngestCredential | null
  /** As sent. */
  body: Uint8Array
  /** SHA-256 of the body, once computed: as sent, and after decompression of the decompressed. */
  bodyHash: Uint8Array | null
  /** Decompressed; empty again once the schema guard has read it. */
  plain: Uint8Array
  /** What the queue keeps of it, once it was read: of a batch that asked for its good part, that part. */
  packed: PackedBody | null
  items: number
  /** What was left out of a batch that asked for its good part; null where nothing was. */
  rejected: { readonly items: number; readonly errors: readonly RefusalDetail[] } | null
  /** The batch's own `sentAt`, Unix ms. */
  sentAt: number | null
  answer: Accepted | null
}

/** The answer to an accepted batch. */
export interface Accepted {
  readonly accepted: number
  readonly batchId: string
  /** Accepted before; this is the first answer again. */
  readonly replayed: boolean
}

/** One check of the list in guards.ts. */
export type Guard = (passage: Passage, tools: EdgeTools) => void | Promise<void>
