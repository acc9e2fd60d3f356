import type { Pool } from 'pg'
import { inTransaction } from '../../sql/transaction.js'

const ATTEMPTS = `
UPDATE delivery_attempt SET outcome = 'unknown', detail = 'The process ended before the answer was recorded.'
WHERE outcome = 'sending' RETURNING delivery_id`

const DELIVERIES = `UPDATE delivery SET next_at = $2 WHERE id = ANY($1::text[]) AND status IN ('PENDING', 'RETRYING')`

const OUTBOX = `UPDATE engine.outbox SET handed_at = NULL WHERE closed_at IS NULL`

/** Ends the attempts that a dead process had under way and gives every open row back to the relay, in one transaction. */
export async function restart(pool: Pool, now: number): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ delivery_id: string }>(ATTEMPTS)
    await client.query(DELIVERIES, [rows.map(({ delivery_id }) => delivery_id), new Date(now)])
    await client.query(OUTBOX)
  })
}
