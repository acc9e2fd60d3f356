import type { Pool, PoolClient } from 'pg'
import { canonicalLabels } from '../../schema/domain/labels.js'
import type { Random } from '../../schema/ports/clock.js'
import type { StoredInstance, TickCommit, TickTransition } from '../../schema/ports/evaluation.js'
import { inTransaction } from '../transaction.js'
import { writeIncidentChange } from './incidents.js'
import { fence } from './leases.js'
import { upsertStatuses } from './statuses.js'

const TICK = `
INSERT INTO engine.tick (org_id, stream, at, ran_at, complete_until, flush_up_to, flush_except, late)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`

const UPSERT_INSTANCES = `
INSERT INTO engine.instance (id, monitor_id, org_id, labels, state, severity, active_at, fired_at, last_true_at, missing,
  value, reason, incident_id)
SELECT id, monitor_id, $1, labels, state, severity, active_at, fired_at, last_true_at, missing, value, reason, incident_id
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[],
  $9::timestamptz[], $10::int[], $11::float8[], $12::text[], $13::text[])
  AS row (id, monitor_id, labels, state, severity, active_at, fired_at, last_true_at, missing, value, reason, incident_id)
ON CONFLICT (monitor_id, labels) DO UPDATE SET state = excluded.state, severity = excluded.severity,
  active_at = excluded.active_at, fired_at = excluded.fired_at, last_true_at = excluded.last_true_at,
  missing = excluded.missing, value = excluded.value, reason = excluded.reason, incident_id = excluded.incident_id`

const TRANSITIONS = `
INSERT INTO engine.transition (org_id, monitor_id, labels, at, from_state, to_state, from_severity, to_severity, reason,
  value, late)
SELECT $1, monitor_id, labels, $2, from_state, to_state, from_severity, to_severity, reason, value, $3
FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::float8[])
  AS row (monitor_id, labels, from_state, to_state, from_severity, to_severity, reason, value)`

/**
 * Writes a tick: instances, transitions, incidents with their timeline and outbox rows, monitors' statuses and the tick
 * itself, in one transaction under the shard's fence. A grid time is committed once: a second commit of the same tick
 * fails on its key and writes nothing.
 */
export async function commitTick(pool: Pool, random: Random, tick: TickCommit): Promise<void> {
  await inTransaction(pool, async (client) => {
    await fence(client, tick.lease)
    const at = new Date(tick.at)
    if (tick.tick !== null) {
      const { stream, ranAt, completeUntil, snapshot } = tick.tick
      const values = [tick.orgId, stream, at, new Date(ranAt), completeUntil, snapshot.upTo, snapshot.except, tick.late]
      await client.query(TICK, values)
    }
    await writeInstances(client, tick.orgId, tick.instances.upserts)
    if (tick.instances.deletes.length > 0)
      await client.query('DELETE FROM engine.instance WHERE id = ANY($1)', [tick.instances.deletes])
    await writeTransitions(client, tick, tick.transitions)
    for (const change of tick.incidents) await writeIncidentChange(client, random, tick.orgId, tick.at, change)
    await upsertStatuses(client, tick.orgId, tick.statuses)
  })
}

async function writeInstances(client: PoolClient, orgId: string, upserts: readonly StoredInstance[]): Promise<void> {
  if (upserts.length === 0) return
  const time = (ms: number | null) => (ms === null ? null : new Date(ms))
  await client.query(UPSERT_INSTANCES, [
    orgId,
    upserts.map(({ id }) => id),
    upserts.map(({ monitorId }) => monitorId),
    upserts.map(({ labels }) => canonicalLabels(labels)),
    upserts.map(({ state }) => state.state),
    upserts.map(({ state }) => state.severity),
    upserts.map(({ state }) => time(state.activeAt)),
    upserts.map(({ state }) => time(state.firedAt)),
    upserts.map(({ state }) => time(state.lastTrueAt)),
    upserts.map(({ state }) => state.missing),
    upserts.map(({ state }) => state.value),
    upserts.map(({ state }) => state.reason),
    upserts.map(({ incidentId }) => incidentId),
  ])
}

async function writeTransitions(
  client: PoolClient,
  tick: TickCommit,
  transitions: readonly TickTransition[],
): Promise<void> {
  if (transitions.length === 0) return
  await client.query(TRANSITIONS, [
    tick.orgId,
    new Date(tick.at),
    tick.late,
    transitions.map(({ monitorId }) => monitorId),
    transitions.map(({ labels }) => canonicalLabels(labels)),
    transitions.map(({ from }) => from),
    transitions.map(({ to }) => to),
    transitions.map(({ fromSeverity }) => fromSeverity),
    transitions.map(({ toSeverity }) => toSeverity),
    transitions.map(({ reason }) => reason),
    transitions.map(({ value }) => value),
  ])
}
