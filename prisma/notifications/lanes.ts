import type { PoolClient } from 'pg'
import type { ChannelKind, DeliveryStatus, OutboxKind } from '../../schema/domain/notification.js'
import type { ChannelFacts, DueDelivery, LaneEntry } from '../../schema/ports/notifications.js'

/** A lane's entry with what only the store needs. */
export interface StoredEntry extends LaneEntry {
  readonly channelId: string
  readonly attemptCount: number
  readonly nextAt: number | null
  readonly receipt: unknown
}

const LOCK = `SELECT pg_advisory_xact_lock(hashtextextended('tocsin incident ' || $1, 0))`

/** Holds the incident's lanes until the transaction ends. Held for the time of a few statements, never of a send. */
export async function lockIncident(client: PoolClient, incidentId: string): Promise<void> {
  await client.query(LOCK, [incidentId])
}

const LANES = `
SELECT d.id, d.channel_id, n.kind, d.status, d.may_have_heard, d.attempt_count, d.next_at, d.receipt,
       d.status IN ('PENDING', 'RETRYING') AND d.next_at > $2 AND EXISTS (
         SELECT 1 FROM delivery_attempt a WHERE a.delivery_id = d.id AND a.outcome = 'sending'
       ) AS in_flight
FROM delivery d JOIN notification n ON n.id = d.notification_id
WHERE d.incident_id = $1 AND ($3::text IS NULL OR d.channel_id = $3)
ORDER BY d.channel_id, n.outbox_id`

interface LaneRow {
  readonly id: string
  readonly channel_id: string
  readonly kind: string
  readonly status: string
  readonly may_have_heard: boolean
  readonly attempt_count: number
  readonly next_at: Date | null
  readonly receipt: unknown
  readonly in_flight: boolean | null
}

/** The incident's lanes by channel, oldest first within each; one channel's alone when it is named. */
export async function readLanes(
  client: PoolClient,
  incidentId: string,
  now: number,
  channelId: string | null = null,
): Promise<Map<string, StoredEntry[]>> {
  const { rows } = await client.query<LaneRow>(LANES, [incidentId, new Date(now), channelId])
  const lanes = new Map<string, StoredEntry[]>()
  for (const row of rows) {
    const lane = lanes.get(row.channel_id) ?? []
    lane.push(toEntry(row))
    lanes.set(row.channel_id, lane)
  }
  return lanes
}

function toEntry(row: LaneRow): StoredEntry {
  return {
    id: row.id,
    channelId: row.channel_id,
    kind: row.kind as OutboxKind,
    status: row.status as DeliveryStatus,
    mayHaveHeard: row.may_have_heard,
    inFlight: row.in_flight === true,
    attemptCount: row.attempt_count,
    nextAt: row.next_at?.getTime() ?? null,
    receipt: row.receipt,
  }
}

/** The first open delivery of each lane, unless it is under way: no other may be tried before it. */
export function dueOf(lanes: Iterable<readonly StoredEntry[]>, now: number): DueDelivery[] {
  const due: DueDelivery[] = []
  for (const lane of lanes) {
    const head = lane.find((entry) => entry.status === 'PENDING' || entry.status === 'RETRYING')
    if (head === undefined || head.inFlight) continue
    const { id, channelId, attemptCount, nextAt } = head
    due.push({ deliveryId: id, channelId, attemptCount, dueAt: nextAt ?? now })
  }
  return due
}

const CHANNELS = `
SELECT id, key, name, kind, send_resolved, enabled AND deleted_at IS NULL AS live
FROM channel
WHERE org_id = $1 AND (deleted_at IS NULL OR id IN (SELECT channel_id FROM delivery WHERE incident_id = $2))
ORDER BY key, id`

const CHANNEL = `
SELECT id, key, name, kind, send_resolved, enabled AND deleted_at IS NULL AS live FROM channel WHERE id = $1`

export interface ChannelRow {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly kind: string
  readonly send_resolved: boolean
  readonly live: boolean
}

/** An org's channels, and deleted ones that the incident was or is to be told through. */
export async function readChannels(client: PoolClient, orgId: string, incidentId: string): Promise<ChannelFacts[]> {
  const { rows } = await client.query<ChannelRow>(CHANNELS, [orgId, incidentId])
  return rows.map(toChannelFacts)
}

export async function readChannel(client: PoolClient, channelId: string): Promise<ChannelFacts | null> {
  const { rows } = await client.query<ChannelRow>(CHANNEL, [channelId])
  return rows[0] === undefined ? null : toChannelFacts(rows[0])
}

export function toChannelFacts(row: ChannelRow): ChannelFacts {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    kind: row.kind as ChannelKind,
    sendResolved: row.send_resolved,
    live: row.live,
  }
}
