import type { Pool, PoolClient } from 'pg'
import type { ChannelConfig } from '../../schema/domain/channel.js'
import type { Message } from '../../schema/domain/notification.js'
import type { ClaimDecision, ClaimedDelivery, ClaimFacts, DueDelivery } from '../../schema/ports/notifications.js'
import { inTransaction } from '../../sql/transaction.js'
import { SealError, type Sealer } from '../sealing.js'
import { openChannelConfig } from '../stores/channels.js'
import { type ChannelRow, dueOf, lockIncident, readLanes, type StoredEntry, toChannelFacts } from './lanes.js'
import { closeOrDefer, writeChanges } from './ledger.js'

const DELIVERY = `
SELECT d.org_id, d.incident_id, d.channel_id, n.message, c.sealed_config,
       c.id, c.key, c.name, c.kind, c.send_resolved, c.enabled AND c.deleted_at IS NULL AS live
FROM delivery d JOIN notification n ON n.id = d.notification_id JOIN channel c ON c.id = d.channel_id
WHERE d.id = $1`

interface DeliveryRow extends ChannelRow {
  readonly org_id: string
  readonly incident_id: string
  readonly channel_id: string
  readonly message: Message
  readonly sealed_config: Buffer
}

/** Takes a delivery for one attempt, when its lane lets it go. */
export async function claim(
  pool: Pool,
  sealer: Sealer,
  deliveryId: string,
  times: { readonly now: number; readonly leaseUntil: number; readonly slackMs: number },
  decide: (facts: ClaimFacts) => ClaimDecision,
): Promise<{ claimed: ClaimedDelivery | null; due: DueDelivery[] } | null> {
  const { now } = times
  return inTransaction(pool, async (client) => {
    const found = await client.query<DeliveryRow>(DELIVERY, [deliveryId])
    const row = found.rows[0]
    if (row === undefined) return null
    const where = { orgId: row.org_id, incidentId: row.incident_id }
    await lockIncident(client, row.incident_id)
    const channel = toChannelFacts(row)
    const lane = (await readLanes(client, row.incident_id, now, row.channel_id)).get(row.channel_id) ?? []
    const entry = lane.find(({ id }) => id === deliveryId)
    if (entry === undefined || !mayBeTaken(entry, now + times.slackMs)) return null

    const { send, changes } = decide({ deliveryId, channel, lane })
    await writeChanges(client, where, now, changes)
    if (send === null) {
      await closeOrDefer(client, row.incident_id, now)
      const after = await readLanes(client, row.incident_id, now, row.channel_id)
      return { claimed: null, due: dueOf(after.values(), now) }
    }
    const attemptId = await beginAttempt(client, deliveryId, send.reason, times)
    await closeOrDefer(client, row.incident_id, now)
    const thread = lane.find(({ id }) => id === send.threadId) ?? entry
    return {
      claimed: {
        deliveryId,
        ...where,
        channel,
        config: openConfig(sealer, row),
        message: row.message,
        reason: send.reason,
        attemptCount: entry.attemptCount + 1,
        attemptId,
        startedAt: now,
        heardBefore: entry.mayHaveHeard,
        thread: { deliveryId: thread.id, receipt: thread.receipt },
      },
      due: [],
    }
  })
}

function mayBeTaken(entry: StoredEntry, before: number): boolean {
  const open = entry.status === 'PENDING' || entry.status === 'RETRYING'
  return open && !entry.inFlight && (entry.nextAt === null || entry.nextAt <= before)
}

// `may_have_heard` is set before anything is sent: should the process die now, nobody can say that it was not heard.
// The statement's parts see the table as it was, so an attempt that was left over is not mistaken for the new one.
const BEGIN_ATTEMPT = `
WITH lost AS (
  UPDATE delivery_attempt SET outcome = 'unknown', detail = 'The process ended before the answer was recorded.'
  WHERE delivery_id = $1 AND outcome = 'sending'
), taken AS (
  UPDATE delivery SET status = CASE WHEN attempt_count = 0 THEN 'PENDING' ELSE 'RETRYING' END, reason = $2,
         attempt_count = attempt_count + 1, may_have_heard = true, next_at = $3
  WHERE id = $1
)
INSERT INTO delivery_attempt (delivery_id, at, duration_ms, outcome) VALUES ($1, $4, 0, 'sending') RETURNING id`

async function beginAttempt(
  client: PoolClient,
  deliveryId: string,
  reason: string,
  times: { readonly now: number; readonly leaseUntil: number },
): Promise<bigint> {
  const { rows } = await client.query<{ id: string }>(BEGIN_ATTEMPT, [
    deliveryId,
    reason,
    new Date(times.leaseUntil),
    new Date(times.now),
  ])
  return BigInt(rows[0]?.id ?? 0)
}

/** Null when the seal does not open; whoever sends says so. */
export function openConfig(
  sealer: Sealer,
  row: { readonly channel_id: string; readonly sealed_config: Buffer },
): ChannelConfig | null {
  try {
    return openChannelConfig(sealer, { id: row.channel_id, sealedConfig: Uint8Array.from(row.sealed_config) })
  } catch (error) {
    if (error instanceof SealError) return null
    throw error
  }
}
