import type { Pool } from 'pg'
import type { AlertState, MissingDataPolicy, MonitorHealth, Severity, StepReason } from '../../schema/domain/alert.js'
import { type Labels, labelsFromCanonical, labelsFromList } from '../../schema/domain/labels.js'
import type { Monitor } from '../../schema/domain/monitor.js'
import { storedRuleSchema } from '../../schema/domain/rule.js'
import type { StatusChange, StoredInstance } from '../../schema/ports/evaluation.js'

interface MonitorRow {
  id: string
  org_id: string
  key: string
  version: number
  generation: number
  name: string
  description: string | null
  rule: unknown
  every_ms: number
  for_ms: string
  keep_firing_for_ms: string
  missing_data: string
  labels: unknown
  runbook_url: string | null
  title: string | null
  body: string | null
  paused: boolean
  managed_by: string | null
  notify: string[]
  notify_direct: boolean
  created_at: Date
  updated_at: Date
}

/** Monitors of an org that are not deleted, paused ones among them. */
export async function loadMonitors(pool: Pool, orgId: string): Promise<Monitor[]> {
  const { rows } = await pool.query<MonitorRow>(
    'SELECT * FROM monitor WHERE org_id = $1 AND deleted_at IS NULL ORDER BY id',
    [orgId],
  )
  return rows.map(toMonitor)
}

function toMonitor(row: MonitorRow): Monitor {
  return {
    id: row.id,
    orgId: row.org_id,
    key: row.key,
    version: row.version,
    generation: row.generation,
    name: row.name,
    description: row.description,
    rule: storedRuleSchema.parse(row.rule),
    ruleInput: row.rule,
    everyMs: row.every_ms,
    forMs: Number(row.for_ms),
    keepFiringForMs: Number(row.keep_firing_for_ms),
    missingData: row.missing_data as MissingDataPolicy,
    labels: storedLabels(row.labels),
    runbookUrl: row.runbook_url,
    title: row.title,
    body: row.body,
    paused: row.paused,
    managedBy: row.managed_by,
    notify: row.notify_direct ? row.notify : null,
    createdAt: row.created_at.getTime(),
    updatedAt: row.updated_at.getTime(),
  }
}

/** Labels stand in the control plane as an object or as a list of name and value. */
function storedLabels(labels: unknown): Labels {
  return Array.isArray(labels) ? labelsFromList(labels) : ((labels ?? {}) as Labels)
}

interface InstanceRow {
  id: string
  monitor_id: string
  labels: string
  state: string
  severity: string | null
  active_at: Date | null
  fired_at: Date | null
  last_true_at: Date | null
  missing: number
  value: number | null
  reason: string
  incident_id: string | null
}

/** Every instance of an org. */
export async function loadInstances(pool: Pool, orgId: string): Promise<StoredInstance[]> {
  const { rows } = await pool.query<InstanceRow>('SELECT * FROM engine.instance WHERE org_id = $1', [orgId])
  return rows.map((row) => ({
    id: row.id,
    monitorId: row.monitor_id,
    labels: labelsFromCanonical(row.labels),
    state: {
      state: row.state as AlertState,
      severity: row.severity as Severity | null,
      activeAt: row.active_at?.getTime() ?? null,
      firedAt: row.fired_at?.getTime() ?? null,
      lastTrueAt: row.last_true_at?.getTime() ?? null,
      missing: row.missing,
      value: row.value,
      reason: row.reason as StepReason,
    },
    incidentId: row.incident_id,
  }))
}

interface StatusRow {
  monitor_id: string
  generation: number
  state: string
  health: string
  evaluated_until: Date | null
  last_error: string | null
}

/** What every monitor of an org was last found in, by monitor id. */
export async function loadStatuses(pool: Pool, orgId: string): Promise<Map<string, StatusChange>> {
  const { rows } = await pool.query<StatusRow>('SELECT * FROM engine.monitor_status WHERE org_id = $1', [orgId])
  return new Map(
    rows.map((row) => [
      row.monitor_id,
      {
        monitorId: row.monitor_id,
        generation: row.generation,
        state: row.state as AlertState,
        health: row.health as MonitorHealth,
        evaluatedUntil: row.evaluated_until?.getTime() ?? null,
        lastError: row.last_error,
      },
    ]),
  )
}
