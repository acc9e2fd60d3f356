import type pg from 'pg'

/*
 * What the evaluator and the notifier would write of an org: just enough rows for those who read them.
 */

export async function putInstance(
  pool: pg.Pool,
  row: {
    readonly id: string
    readonly orgId: string
    readonly monitorId: string
    readonly labels?: Readonly<Record<string, string>>
    readonly state?: string
    readonly incidentId?: string | null
  },
): Promise<void> {
  await pool.query(
    `INSERT INTO engine.instance (id, monitor_id, org_id, labels, state, severity, active_at, fired_at, missing, value, reason, incident_id)
     VALUES ($1, $2, $3, $4, $5, 'CRITICAL', '2026-03-01T12:00:00Z', '2026-03-01T12:00:10Z', 0, 7.5, 'threshold', $6)`,
    [
      row.id,
      row.monitorId,
      row.orgId,
      JSON.stringify(Object.entries(row.labels ?? {}).sort()),
      row.state ?? 'FIRING',
      row.incidentId ?? null,
    ],
  )
}

export async function putTransition(
  pool: pg.Pool,
  row: {
    readonly orgId: string
    readonly monitorId: string
    readonly at: string
    readonly to: string
  },
): Promise<void> {
  await pool.query(
    `INSERT INTO engine.transition (org_id, monitor_id, labels, at, from_state, to_state, from_severity, to_severity, reason, value, late)
     VALUES ($1, $2, '[]', $3, 'OK', $4, NULL, 'CRITICAL', 'threshold', 7.5, false)`,
    [row.orgId, row.monitorId, row.at, row.to],
  )
}

export async function putIncident(
  pool: pg.Pool,
  row: {
    readonly id: string
    readonly orgId: string
    readonly number: number
    readonly monitorId?: string | null
    readonly state?: string
    readonly severity?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly startedAt?: string
  },
): Promise<void> {
  await pool.query(
    `INSERT INTO incident (id, org_id, number, monitor_id, incident_key, title, state, severity, labels, started_at)
     VALUES ($1, $2, $3, $4, '[]', $5, $6, $7, $8, $9)`,
    [
      row.id,
      row.orgId,
      row.number,
      row.monitorId ?? null,
      `Incident ${row.number}`,
      row.state ?? 'TRIGGERED',
      row.severity ?? 'CRITICAL',
      row.labels ?? {},
      row.startedAt ?? '2026-03-01T12:00:00Z',
    ],
  )
}

export async function putTimelineEntry(
  pool: pg.Pool,
  row: {
    readonly id: string
    readonly orgId: string
    readonly incidentId: string
    readonly at: string
    readonly text: string
  },
): Promise<void> {
  await pool.query(
    "INSERT INTO timeline_entry (id, org_id, incident_id, at, kind, text) VALUES ($1, $2, $3, $4, 'triggered', $5)",
    [row.id, row.orgId, row.incidentId, row.at, row.text],
  )
}

/** A delivery of an incident to a channel with one attempt, and the notification it belongs to. */
export async function putDelivery(
  pool: pg.Pool,
  row: {
    readonly id: string
    readonly orgId: string
    readonly incidentId: string
    readonly channelId: string
    readonly outboxId: number
    readonly status?: string
    readonly at?: string
  },
): Promise<void> {
  const at = row.at ?? '2026-03-01T12:00:20Z'
  const notificationId = `ntf_${row.id}`
  await pool.query(
    "INSERT INTO notification (id, org_id, incident_id, outbox_id, kind, message, created_at) VALUES ($1, $2, $3, $4, 'firing', '{}', $5)",
    [notificationId, row.orgId, row.incidentId, row.outboxId, at],
  )
  await pool.query(
    `INSERT INTO delivery (id, org_id, notification_id, incident_id, channel_id, status, reason, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, 'first', $7)`,
    [row.id, row.orgId, notificationId, row.incidentId, row.channelId, row.status ?? 'DELIVERED', at],
  )
  await pool.query(
    "INSERT INTO delivery_attempt (delivery_id, at, duration_ms, outcome, detail) VALUES ($1, $2, 12, 'delivered', '200')",
    [row.id, at],
  )
}
