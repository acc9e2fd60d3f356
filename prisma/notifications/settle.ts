import type { Pool, PoolClient } from 'pg'
import type { Severity } from '../../schema/domain/alert.js'
import type { Labels } from '../../schema/domain/labels.js'
import type { OutboxKind } from '../../schema/domain/notification.js'
import { storedRuleSchema } from '../../schema/domain/rule.js'
import type { DueDelivery, SettleFacts, SettlePlan } from '../../schema/ports/notifications.js'
import { inTransaction } from '../../sql/transaction.js'
import { dueOf, lockIncident, readChannels, readLanes } from './lanes.js'
import { closeOrDefer, writeChanges } from './ledger.js'

const UNSETTLED = `
SELECT o.id, o.org_id, o.kind, o.at, o.value, o.reason, o.severity
FROM engine.outbox o LEFT JOIN notification n ON n.outbox_id = o.id
WHERE o.incident_id = $1 AND o.id <= $2 AND o.closed_at IS NULL AND n.id IS NULL
ORDER BY o.id`

interface OutboxRow {
  readonly id: string
  readonly org_id: string
  readonly kind: string
  readonly at: Date
  readonly value: number | null
  readonly reason: string
  readonly severity: string
}

/** Freezes messages and writes who gets them, for the row and the incident's rows before it, in their order. */
export async function settle(
  pool: Pool,
  outboxId: bigint,
  now: number,
  plan: (facts: SettleFacts) => SettlePlan,
): Promise<{ incidentId: string; settled: number; due: DueDelivery[] } | null> {
  return inTransaction(pool, async (client) => {
    const found = await client.query<{ incident_id: string }>('SELECT incident_id FROM engine.outbox WHERE id = $1', [
      String(outboxId),
    ])
    const incidentId = found.rows[0]?.incident_id
    if (incidentId === undefined) return null
    await lockIncident(client, incidentId)
    const { rows } = await client.query<OutboxRow>(UNSETTLED, [incidentId, String(outboxId)])
    for (const row of rows) {
      const facts = await readFacts(client, incidentId, row, now)
      if (facts === null)
        await client.query('UPDATE engine.outbox SET closed_at = $2 WHERE id = $1', [row.id, new Date(now)])
      else await writePlan(client, facts, plan(facts))
    }
    await closeOrDefer(client, incidentId, now)
    const lanes = await readLanes(client, incidentId, now)
    const due = dueOf(lanes.values(), now).filter(({ dueAt }) => dueAt <= now)
    return { incidentId, settled: rows.length, due }
  })
}

const INCIDENT = `
SELECT i.number, i.title, i.labels, i.started_at, i.resolved_at, o.slug, o.name AS org_name,
       m.id AS monitor_id, m.key, m.name, m.description, m.body, m.runbook_url, m.rule, m.notify, m.notify_direct
FROM incident i JOIN org o ON o.id = i.org_id LEFT JOIN monitor m ON m.id = i.monitor_id
WHERE i.id = $1 AND i.org_id = $2`

interface IncidentRow {
  readonly number: number
  readonly title: string
  readonly labels: Labels
  readonly started_at: Date
  readonly resolved_at: Date | null
  readonly slug: string
  readonly org_name: string
  readonly monitor_id: string | null
  readonly key: string
  readonly name: string
  readonly description: string | null
  readonly body: string | null
  readonly runbook_url: string | null
  readonly rule: unknown
  readonly notify: string[]
  readonly notify_direct: boolean
}

/** Null when the incident is gone, with the org it belonged to: there is nobody left to tell. */
async function readFacts(
  client: PoolClient,
  incidentId: string,
  row: OutboxRow,
  now: number,
): Promise<SettleFacts | null> {
  const { rows } = await client.query<IncidentRow>(INCIDENT, [incidentId, row.org_id])
  const incident = rows[0]
  if (incident === undefined) return null
  return {
    now,
    outbox: {
      id: BigInt(row.id),
      kind: row.kind as OutboxKind,
      at: row.at.getTime(),
      value: row.value,
      reason: row.reason,
      severity: row.severity as Severity,
    },
    orgId: row.org_id,
    org: { slug: incident.slug, name: incident.org_name },
    incident: {
      id: incidentId,
      number: incident.number,
      title: incident.title,
      labels: incident.labels,
      startedAt: incident.started_at.getTime(),
      resolvedAt: incident.resolved_at?.getTime() ?? null,
    },
    monitor: toMonitor(incident),
    channels: await readChannels(client, row.org_id, incidentId),
    lanes: await readLanes(client, incidentId, now),
  }
}

function toMonitor(row: IncidentRow): SettleFacts['monitor'] {
  if (row.monitor_id === null) return null
  // A page must not fail on a rule that this version cannot read; it then says less.
  const rule = storedRuleSchema.safeParse(row.rule).data
  return {
    id: row.monitor_id,
    key: row.key,
    name: row.name,
    description: row.description,
    body: row.body,
    runbookUrl: row.runbook_url,
    notify: row.notify_direct ? row.notify : null,
    ...(rule === undefined ? {} : { rule }),
  }
}

const NOTIFICATION = `
INSERT INTO notification (id, org_id, incident_id, outbox_id, kind, message, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)`

const DELIVERIES = `
INSERT INTO delivery (id, org_id, notification_id, incident_id, channel_id, status, reason, created_at)
SELECT id, $1, $2, $3, channel_id, status, reason, $4
FROM unnest($5::text[], $6::text[], $7::text[], $8::text[]) AS given (id, channel_id, status, reason)`

async function writePlan(client: PoolClient, facts: SettleFacts, plan: SettlePlan): Promise<void> {
  const { orgId, now } = facts
  const incidentId = facts.incident.id
  const { message, deliveries } = plan
  const at = new Date(now)
  await client.query(NOTIFICATION, [
    message.notificationId,
    orgId,
    incidentId,
    String(facts.outbox.id),
    message.kind,
    JSON.stringify(message),
    at,
  ])
  if (deliveries.length > 0)
    await client.query(DELIVERIES, [
      orgId,
      message.notificationId,
      incidentId,
      at,
      deliveries.map(({ id }) => id),
      deliveries.map(({ channelId }) => channelId),
      deliveries.map(({ status }) => status),
      deliveries.map(({ reason }) => reason),
    ])
  await writeChanges(client, { orgId, incidentId }, now, plan.changes)
}
