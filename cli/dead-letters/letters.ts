import type { Pool } from 'pg'
import type { Signal } from '../../schema/domain/signal.js'
import type { BatchProtocol } from '../../schema/ports/intake.js'
import type { LetterFilter } from './arguments.js'

/** A dead letter, without its body. Times are Unix ms. */
export interface Letter {
  readonly batchId: string
  readonly orgId: string
  readonly keyId: string
  readonly signal: Signal
  readonly protocol: BatchProtocol
  readonly items: number
  /** Of the body, decompressed. */
  readonly bytes: number
  readonly acceptedAt: number
  readonly deadAt: number
  readonly reason: string
  /** Chosen when a replay began. */
  readonly replayedAs: string | null
  /** Known once it is in the queue. */
  readonly replayedAt: number | null
}

/** With its body, encrypted. */
export interface SealedLetter extends Letter {
  readonly encoding: string
  readonly sealedBody: Uint8Array
}

const unixMs = (column: string) => `floor(extract(epoch FROM ${column}) * 1000)::float8`

const COLUMNS = `batch_id AS "batchId", org_id AS "orgId", key_id AS "keyId", signal, protocol, items, bytes,
  ${unixMs('accepted_at')} AS "acceptedAt", ${unixMs('dead_at')} AS "deadAt", reason,
  replayed_as AS "replayedAs", ${unixMs('replayed_at')} AS "replayedAt"`

/** In the order of acceptance, as they would have been stored. */
const LIST = `
  SELECT ${COLUMNS} FROM engine.dead_letter
  WHERE ($1::text IS NULL OR org_id = $1) AND ($2::text IS NULL OR signal = $2)
    AND ($3::text IS NULL OR strpos(lower(reason), lower($3)) > 0) AND ($4 OR replayed_at IS NULL)
  ORDER BY accepted_at, batch_id LIMIT $5`

const ONE = `SELECT ${COLUMNS}, encoding, sealed_body AS "sealedBody" FROM engine.dead_letter WHERE batch_id = $1::uuid`

/** The id of the first replay that began stays. */
const BEGIN_REPLAY = `
  UPDATE engine.dead_letter SET replayed_as = coalesce(replayed_as, $2::uuid)
  WHERE batch_id = $1::uuid RETURNING replayed_as AS "replayedAs"`

const END_REPLAY = `
  UPDATE engine.dead_letter SET replayed_at = clock_timestamp() WHERE batch_id = $1::uuid AND replayed_at IS NULL`

export async function listLetters(pool: Pool, filter: LetterFilter): Promise<Letter[]> {
  const { org, signal, reason, withReplayed, limit } = filter
  return (await pool.query<Letter>(LIST, [org, signal, reason, withReplayed, limit])).rows
}

/** Null when there is none. */
export async function findLetter(pool: Pool, batchId: string): Promise<SealedLetter | null> {
  return (await pool.query<SealedLetter>(ONE, [batchId])).rows[0] ?? null
}

/**
 * Notes as which batch a letter is sent through again, before it is.
 *
 * @param fresh The id, unless one was noted before.
 * @returns The id that is noted.
 */
export async function beginReplay(pool: Pool, batchId: string, fresh: string): Promise<string> {
  const [row] = (await pool.query<{ replayedAs: string }>(BEGIN_REPLAY, [batchId, fresh])).rows
  if (row === undefined) throw new Error(`The dead letter ${batchId} went while it was being replayed.`)
  return row.replayedAs
}

/** Notes that it is in the queue. */
export async function endReplay(pool: Pool, batchId: string): Promise<void> {
  await pool.query(END_REPLAY, [batchId])
}
