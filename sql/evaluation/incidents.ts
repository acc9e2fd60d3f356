import type { PoolClient } from 'pg'
import { newId } from '../../schema/domain/ids.js'
import type { TimelineKind } from '../../schema/domain/incident.js'
import { canonicalLabels } from '../../schema/domain/labels.js'
import { shownValue } from '../../schema/domain/template.js'
import type { Random } from '../../schema/ports/clock.js'
import type { IncidentChange } from '../../schema/ports/evaluation.js'

const OPEN = `
WITH numbered AS (UPDATE org SET incident_seq = incident_seq + 1 WHERE id = $1 RETURNING incident_seq)
INSERT INTO incident (id, org_id, number, monitor_id, incident_key, open_key, title, state, severity, labels, started_at)
SELECT $2, $1, incident_seq, $3, $4, $5, $6, 'TRIGGERED', $7, $8, $9 FROM numbered
ON CONFLICT (org_id, open_key) DO UPDATE SET severity = excluded.severity
RETURNING id`

const ADOPT = 'UPDATE engine.instance SET incident_id = $1 WHERE incident_id = $2'

const RESOLVE = `
UPDATE incident SET state = 'RESOLVED', open_key = NULL, resolved_at = $3
WHERE org_id = $1 AND id = $2 AND state <> 'RESOLVED'`

const SEVERITY = `UPDATE incident SET severity = $3 WHERE org_id = $1 AND id = $2 AND state <> 'RESOLVED'`

const TIMELINE = `
INSERT INTO timeline_entry (id, org_id, incident_id, at, kind, actor, text, data) VALUES ($1, $2, $3, $4, $5, NULL, $6, $7)`

const OUTBOX = `
INSERT INTO engine.outbox (org_id, incident_id, kind, at, value, reason, severity) VALUES ($1, $2, $3, $4, $5, $6, $7)`

const TIMELINE_KIND: Readonly<Record<IncidentChange['kind'], TimelineKind>> = {
  firing: 'triggered',
  severity: 'severity',
  resolved: 'resolved',
}

/**
 * One change of an incident with its timeline entry and outbox row, inside the caller's transaction. Resolving or
 * changing an incident that is already closed writes nothing: whoever closed it has said so.
 *
 * @param at Grid time, Unix ms.
 */
export async function writeIncidentChange(
  client: PoolClient,
  random: Random,
  orgId: string,
  at: number,
  change: IncidentChange,
): Promise<void> {
  const when = new Date(at)
  const { rowCount, rows } = await apply(client, orgId, when, change)
  if (rowCount === 0) return
  const openId = (rows[0] as { id: string } | undefined)?.id
  if (openId !== undefined && openId !== change.incidentId) {
    // The episode is open already, though its instance had lost sight of it: it goes on, and nobody is told twice.
    await client.query(ADOPT, [openId, change.incidentId])
    return
  }
  const text = sentence(change)
  const data = { value: change.value, severity: change.severity, reason: change.reason }
  const entryId = newId('timelineEntry', at, random.bytes(10))
  await client.query(TIMELINE, [entryId, orgId, change.incidentId, when, TIMELINE_KIND[change.kind], text, data])
  await client.query(OUTBOX, [
    orgId,
    change.incidentId,
    change.kind,
    when,
    change.value,
    change.reason,
    change.severity,
  ])
}

function apply(client: PoolClient, orgId: string, when: Date, change: IncidentChange) {
  switch (change.kind) {
    case 'firing':
      return client.query(OPEN, [
        orgId,
        change.incidentId,
        change.monitorId,
        canonicalLabels(change.labels),
        change.openKey,
        change.title,
        change.severity,
        change.labels,
        when,
      ])
    case 'resolved':
      return client.query(RESOLVE, [orgId, change.incidentId, when])
    case 'severity':
      return client.query(SEVERITY, [orgId, change.incidentId, change.severity])
  }
}

function sentence(change: IncidentChange): string {
  const value = change.value === null ? '' : ` at ${shownValue(change.value, change.unit ?? 'number')}`
  switch (change.kind) {
    case 'firing':
      return `Triggered as ${change.severity}${value}: ${change.reason}.`
    case 'severity':
      return `Now ${change.severity}${value}.`
    case 'resolved':
      return `Resolved${value}: ${change.reason}.`
  }
}
