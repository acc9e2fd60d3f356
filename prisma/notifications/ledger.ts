import { randomBytes } from 'node:crypto'
import type { PoolClient } from 'pg'
import { newId } from '../../schema/domain/ids.js'
import type { LaneChanges, TimelineNote } from '../../schema/ports/notifications.js'

const SUPPRESS = `
UPDATE delivery d SET status = 'SUPPRESSED', reason = given.reason, next_at = NULL
FROM unnest($1::text[], $2::text[]) AS given (id, reason)
WHERE d.id = given.id AND d.status IN ('PENDING', 'RETRYING')`

/** Writes what a lane came to. */
export async function writeChanges(
  client: PoolClient,
  where: { readonly orgId: string; readonly incidentId: string },
  now: number,
  changes: LaneChanges,
): Promise<void> {
  if (changes.suppressed.length > 0)
    await client.query(SUPPRESS, [
      changes.suppressed.map(({ id }) => id),
      changes.suppressed.map(({ reason }) => reason),
    ])
  await writeNotes(client, where, now, changes.notes)
}

const NOTES = `
INSERT INTO timeline_entry (id, org_id, incident_id, at, kind, actor, text, data)
SELECT id, $1, $2, $3, kind, NULL, text, data
FROM unnest($4::text[], $5::text[], $6::text[], $7::jsonb[]) AS given (id, kind, text, data)`

export async function writeNotes(
  client: PoolClient,
  where: { readonly orgId: string; readonly incidentId: string },
  now: number,
  notes: readonly TimelineNote[],
): Promise<void> {
  if (notes.length === 0) return
  await client.query(NOTES, [
    where.orgId,
    where.incidentId,
    new Date(now),
    notes.map(() => newId('timelineEntry', now, randomBytes(10))),
    notes.map(({ kind }) => kind),
    notes.map(({ text }) => text),
    notes.map(({ data }) => JSON.stringify(data)),
  ])
}

const CLOSE_OR_DEFER = `
WITH open AS (
  SELECT n.outbox_id, first_value(d.next_at) OVER (PARTITION BY d.channel_id ORDER BY n.outbox_id) AS head_next
  FROM delivery d JOIN notification n ON n.id = d.notification_id
  WHERE d.incident_id = $1 AND d.status IN ('PENDING', 'RETRYING')
), due AS (
  SELECT outbox_id, min(coalesce(head_next, $2)) AS at FROM open GROUP BY outbox_id
)
UPDATE engine.outbox o
SET closed_at = CASE WHEN due.outbox_id IS NULL THEN $2::timestamptz END,
    handed_at = coalesce(due.at, o.handed_at)
FROM notification n LEFT JOIN due ON due.outbox_id = n.outbox_id
WHERE n.incident_id = $1 AND o.id = n.outbox_id AND o.closed_at IS NULL`

/**
 * Closes the incident's settled rows whose deliveries have all ended. The others count as handed until their next
 * delivery is due, a delivery that waits until the one before it is: so the sweeper leaves them alone till then.
 */
export async function closeOrDefer(client: PoolClient, incidentId: string, now: number): Promise<void> {
  await client.query(CLOSE_OR_DEFER, [incidentId, new Date(now)])
}
