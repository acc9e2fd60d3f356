import type { LowWatermark } from '../../schema/domain/horizon.js'
import type { Signal } from '../../schema/domain/signal.js'
import type { Log } from '../../schema/ports/clock.js'
import type {
  EnqueueResult,
  IncomingBatch,
  Intake,
  IntakePressure,
  WatermarkReading,
} from '../../schema/ports/intake.js'
import type { FanOut } from '../../schema/ports/limits.js'
import { announcer } from '../announcer.js'
import { deadLetterAad } from '../dead-letters.js'
import { createWaiters } from '../waiters.js'
import { intakeClaims } from './intake-claims.js'
import {
  ANY_WAITING,
  DEAD_LETTER,
  DEPTH,
  ENQUEUE,
  ENQUEUE_POOL,
  FIRST_ANSWER,
  OLDEST,
  PRESSURE,
  SEEN_UNTIL,
  STORED_BODY,
  SWEEP,
} from './intake-statements.js'
import { createPool, INDEXES_ONLY } from './pool.js'

/**
 * An enqueue that takes longer is broken off and refused, ms. It lies well below the grace of the horizon, since between
 * its stamp and its commit a batch is accepted and not yet seen. The commit's own write to disk is not under it, since
 * PostgreSQL breaks off no commit: `watermarks` stays behind such a one.
 */
export const ENQUEUE_TIMEOUT_MS = 1000

const CLAIM_TIMEOUT_MS = 30_000
const SWEEP_ROWS = 5000

export interface PostgresIntakeDeps {
  /** The database that has the schema `engine`. */
  readonly connectionString: string
  /** Encrypts a dead letter's stored body; `aad` is what it is bound to (see `deadLetterAad`). */
  readonly seal: (bytes: Uint8Array, aad: string) => Uint8Array
  readonly log: Log
  /** Wakes consumers in other processes. Left out, those look again when their wait ends. Stays open at `close`. */
  readonly fanOut?: FanOut
  /** At most so many connections, for enqueues and for all else. Commits that wait for the disk together share a write. */
  readonly connections?: { readonly enqueue: number; readonly claims: number }
}

/**
 * The intake on PostgreSQL. Enqueues have connections of their own, so that slow claims delay no 202, and so that their
 * time can be bounded.
 *
 * Measured on two cores with fsync on, 370 KB of JSON logs a batch, 8 connections for enqueues: one process enqueues 430
 * batches a second while two of its consumers claim and acknowledge as many, and one of 16 enqueues at once takes 40 ms.
 */
export function createPostgresIntake(deps: PostgresIntakeDeps): Intake {
  const { connectionString, seal, log, fanOut } = deps
  const max = deps.connections ?? { enqueue: 8, claims: 4 }
  const enqueues = createPool(
    { connectionString, name: ENQUEUE_POOL, max: max.enqueue, statementTimeoutMs: ENQUEUE_TIMEOUT_MS },
    log,
  )
  const claims = createPool(
    { connectionString, name: 'intake', max: max.claims, statementTimeoutMs: CLAIM_TIMEOUT_MS, settings: INDEXES_ONLY },
    log,
  )
  const waiters = createWaiters((error) =>
    log.warn({ err: error }, 'The intake could not be asked for waiting batches.'),
  )
  const announce = announcer(fanOut, log)
  const listening = fanOut
    ?.subscribe('intake', (signal) => waiters.wake(signal as Signal))
    .catch((error) => log.warn({ err: error }, 'Enqueues of other processes cannot be heard; they are looked for.'))

  function somethingToDo(signal: Signal): void {
    waiters.wake(signal)
    announce.say(signal)
  }

  let closed: Promise<void> | null = null
  async function shut(): Promise<void> {
    waiters.close()
    await announce.close()
    const stopListening = await listening
    if (stopListening) await stopListening()
    await Promise.all([enqueues.end(), claims.end()])
  }

  /** Null when the scope's first answer was forgotten between the two statements. */
  async function tryEnqueue(batch: IncomingBatch) {
    const { scope, bodyHash, ttlMs } = batch.idempotency
    const { batchId, orgId, keyId, signal, protocol, items, body } = batch
    const accepted = await enqueues.query<{ acceptedAt: number }>({
      name: 'intake-enqueue',
      text: ENQUEUE,
      values: [
        ...[asBuffer(scope), asBuffer(bodyHash), batchId, items, ttlMs, orgId, keyId, signal, protocol, body.bytes],
        ...[body.encoding, asBuffer(body.packed)],
      ],
    })
    const [fresh] = accepted.rows
    if (fresh) return { outcome: 'accepted', batchId, items, acceptedAt: fresh.acceptedAt } as const
    const known = await enqueues.query<{ sameBody: boolean; batchId: string; items: number; acceptedAt: number }>(
      FIRST_ANSWER,
      [asBuffer(scope), asBuffer(bodyHash)],
    )
    const [first] = known.rows
    if (first === undefined) return null
    const { sameBody, ...answer } = first
    return sameBody ? ({ outcome: 'replayed', ...answer } as const) : ({ outcome: 'conflict' } as const)
  }

  return {
    ...intakeClaims(claims, somethingToDo),

    async enqueue(batch): Promise<EnqueueResult> {
      let result: EnqueueResult | null = null
      while (result === null) result = await tryEnqueue(batch)
      if (result.outcome === 'accepted') somethingToDo(batch.signal)
      return result
    },

    async deadLetter(batchId, reason) {
      // A body never changes, so it may be read before the transaction that moves it.
      const [row] = (await claims.query<{ orgId: string; body: Uint8Array }>(STORED_BODY, [batchId])).rows
      if (row === undefined) return
      await claims.query(DEAD_LETTER, [batchId, reason, asBuffer(seal(row.body, deadLetterAad(row.orgId, batchId)))])
    },

    async watermarks(): Promise<WatermarkReading> {
      // One after the other: what the first finds under way is seen by the second, or was stamped after `now`.
      const seen = await claims.query<{ now: number }>({ name: 'intake-seen-until', text: SEEN_UNTIL })
      const oldest = await claims.query<LowWatermark>({ name: 'intake-oldest', text: OLDEST })
      const [until] = seen.rows
      if (until === undefined) throw new Error('The intake told no time where one row was expected.')
      return { now: until.now, oldest: oldest.rows }
    },

    async depth() {
      const { rows } = await claims.query<{ batches: number; bytes: number }>(DEPTH)
      return rows[0] ?? { batches: 0, bytes: 0 }
    },

    async pressure() {
      const { rows } = await claims.query<IntakePressure>(PRESSURE)
      const [pressure] = rows
      if (pressure === undefined) throw new Error('The intake told no pressure where one row was expected.')
      return pressure
    },

    waitForWork: (signal, timeoutMs, abort) =>
      waiters.wait(signal, timeoutMs, abort, async () => {
        await listening
        const { rows } = await claims.query<{ there: boolean }>({
          name: 'intake-any-waiting',
          text: ANY_WAITING,
          values: [signal],
        })
        return rows[0]?.there === true
      }),

    async sweep() {
      let swept = 0
      for (;;) {
        const { rowCount } = await claims.query(SWEEP, [SWEEP_ROWS])
        swept += rowCount ?? 0
        if ((rowCount ?? 0) < SWEEP_ROWS) return swept
      }
    },

    close() {
      closed ??= shut()
      return closed
    },
  }
}

/** The driver sends a Buffer as bytes; another Uint8Array it would copy. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
