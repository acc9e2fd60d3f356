import type { Pool } from 'pg'
import type { HandedRow } from '../../schema/ports/notifications.js'

const NEVER_HANDED = 'handed_at IS NULL'
const STALE = 'handed_at < $3'

const handOverWhere = (condition: string) => `
UPDATE engine.outbox o SET attempt = o.attempt + 1, handed_at = $1
FROM (
  SELECT id FROM engine.outbox
  WHERE closed_at IS NULL AND ${condition}
  ORDER BY id LIMIT $2
  FOR UPDATE SKIP LOCKED
) due
WHERE o.id = due.id
RETURNING o.id, o.attempt`

/** Marks rows as handed over; several relays never take the same row. */
export async function handOver(
  pool: Pool,
  options: { readonly now: number; readonly staleBefore: number | null; readonly limit: number },
): Promise<HandedRow[]> {
  const { now, staleBefore, limit } = options
  const { rows } =
    staleBefore === null
      ? await pool.query<Row>(handOverWhere(NEVER_HANDED), [new Date(now), limit])
      : await pool.query<Row>(handOverWhere(STALE), [new Date(now), limit, new Date(staleBefore)])
  return rows
    .map(({ id, attempt }) => ({ id: BigInt(id), attempt }))
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
}

interface Row {
  readonly id: string
  readonly attempt: number
}

/** Makes rows as if they had never been handed; the attempt stays counted, so that the next job has another id. */
export async function takeBack(pool: Pool, ids: readonly bigint[]): Promise<void> {
  await pool.query('UPDATE engine.outbox SET handed_at = NULL WHERE id = ANY($1::bigint[]) AND closed_at IS NULL', [
    ids.map(String),
  ])
}

const STILL_WAITING = `
UPDATE engine.outbox o SET handed_at = $2
FROM delivery d JOIN notification n ON n.id = d.notification_id
WHERE d.id = ANY($1::text[]) AND o.id = n.outbox_id AND o.closed_at IS NULL`

/** Keeps the sweeper from rows whose deliveries wait in a living process. */
export async function stillWaiting(pool: Pool, deliveryIds: readonly string[], now: number): Promise<void> {
  if (deliveryIds.length > 0) await pool.query(STILL_WAITING, [deliveryIds, new Date(now)])
}
