import type { Pool } from 'pg'
import type {
  AttemptRecord,
  ChannelFacts,
  ClaimedDelivery,
  DueDelivery,
  LaneChanges,
  LaneEntry,
} from '../../schema/ports/notifications.js'
import { inTransaction } from '../../sql/transaction.js'
import { dueOf, lockIncident, readChannel, readLanes } from './lanes.js'
import { closeOrDefer, writeChanges, writeNotes } from './ledger.js'

const END_ATTEMPT = `
WITH before AS (
  SELECT id, outcome FROM delivery_attempt WHERE id = $1 FOR UPDATE
), ended AS (
  UPDATE delivery_attempt a SET duration_ms = $3, outcome = $4, detail = $5, next_at = $6
  FROM before WHERE a.id = before.id
)
UPDATE delivery SET status = $7, may_have_heard = $8, next_at = $6, receipt = $9,
       delivered_at = CASE WHEN $7 = 'DELIVERED' THEN $10::timestamptz END
FROM before
WHERE delivery.id = $2 AND status IN ('PENDING', 'RETRYING') AND (before.outcome = 'sending' OR $7 = 'DELIVERED')`

const DISABLE = `
UPDATE channel SET enabled = false, disabled_reason = $2, version = version + 1, updated_at = $3
WHERE id = $1 AND enabled`

/**
 * Writes an attempt's end. An attempt that outlived its lease and was begun anew by another counts no more, unless it
 * was delivered: that stays true.
 */
export async function record(
  pool: Pool,
  claimed: ClaimedDelivery,
  attempt: AttemptRecord,
  advance: (channel: ChannelFacts, lane: readonly LaneEntry[]) => LaneChanges,
): Promise<DueDelivery[]> {
  const { deliveryId, incidentId, channel } = claimed
  const { now, nextAt } = attempt
  return inTransaction(pool, async (client) => {
    await lockIncident(client, incidentId)
    const { rowCount } = await client.query(END_ATTEMPT, [
      String(claimed.attemptId),
      deliveryId,
      attempt.durationMs,
      attempt.outcome,
      attempt.detail,
      nextAt === null ? null : new Date(nextAt),
      attempt.status,
      attempt.mayHaveHeard,
      attempt.receipt === null ? null : JSON.stringify(attempt.receipt),
      new Date(now),
    ])
    if (rowCount !== 0 && attempt.note !== null) await writeNotes(client, claimed, now, [attempt.note])
    if (attempt.disableChannel !== null)
      await client.query(DISABLE, [channel.id, attempt.disableChannel, new Date(now)])
    const present = await readChannel(client, channel.id)
    const lanes = await readLanes(client, incidentId, now, channel.id)
    const changes = advance(present ?? channel, lanes.get(channel.id) ?? [])
    await writeChanges(client, claimed, now, changes)
    await closeOrDefer(client, incidentId, now)
    const after = changes.suppressed.length === 0 ? lanes : await readLanes(client, incidentId, now, channel.id)
    return dueOf(after.values(), now)
  })
}
