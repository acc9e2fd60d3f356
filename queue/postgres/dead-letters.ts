import type { Log } from '../../schema/ports/clock.js'
import type { DeadLetterStore } from '../dead-letters.js'
import { createPool } from './pool.js'

const STATEMENT_TIMEOUT_MS = 30_000

/** Columns of `engine.dead_letter` in the order in which every statement that writes it names them. */
export const DEAD_LETTER_COLUMNS = `batch_id, org_id, key_id, signal, protocol, items, bytes, accepted_at, dead_at,
  reason, encoding, sealed_body`

const KEEP = `
  INSERT INTO engine.dead_letter (${DEAD_LETTER_COLUMNS})
  VALUES ($1::uuid, $2, $3, $4, $5, $6::integer, $7::integer, to_timestamp($8::float8 / 1000), clock_timestamp(),
    $9, $10, $11::bytea)
  ON CONFLICT (batch_id) DO NOTHING`

/** Dead letters in the control database, for an intake that stands elsewhere. */
export function createPostgresDeadLetters(deps: {
  readonly connectionString: string
  readonly log: Log
}): DeadLetterStore {
  const { connectionString, log } = deps
  const pool = createPool(
    { connectionString, name: 'dead letters', max: 2, statementTimeoutMs: STATEMENT_TIMEOUT_MS },
    log,
  )
  let closed: Promise<void> | null = null
  return {
    async keep({ batchId, orgId, keyId, signal, protocol, items, bytes, acceptedAt, reason, encoding, sealedBody }) {
      const sealed = Buffer.from(sealedBody.buffer, sealedBody.byteOffset, sealedBody.byteLength)
      await pool.query(KEEP, [
        ...[batchId, orgId, keyId, signal, protocol, items, bytes, acceptedAt, reason, encoding, sealed],
      ])
    },
    close() {
      closed ??= pool.end()
      return closed
    },
  }
}
