import type { Pool, PoolClient } from 'pg'
import type { MonitorHealth } from '../../schema/domain/alert.js'
import type { ShardLease, StatusChange } from '../../schema/ports/evaluation.js'
import { inTransaction } from '../transaction.js'
import { fence } from './leases.js'

const UPSERT = `
INSERT INTO engine.monitor_status (monitor_id, org_id, generation, state, health, evaluated_until, last_evaluated_at, last_error)
SELECT monitor_id, $1, generation, state, health, evaluated_until, now(), last_error
FROM unnest($2::text[], $3::int[], $4::text[], $5::text[], $6::timestamptz[], $7::text[])
  AS row (monitor_id, generation, state, health, evaluated_until, last_error)
ON CONFLICT (monitor_id) DO UPDATE SET generation = excluded.generation, state = excluded.state, health = excluded.health,
  evaluated_until = excluded.evaluated_until, last_evaluated_at = excluded.last_evaluated_at, last_error = excluded.last_error`

/** Writes what a tick made of monitors, inside the caller's transaction. */
export async function upsertStatuses(
  client: PoolClient,
  orgId: string,
  statuses: readonly StatusChange[],
): Promise<void> {
  if (statuses.length === 0) return
  await client.query(UPSERT, [
    orgId,
    statuses.map(({ monitorId }) => monitorId),
    statuses.map(({ generation }) => generation),
    statuses.map(({ state }) => state),
    statuses.map(({ health }) => health),
    statuses.map(({ evaluatedUntil }) => (evaluatedUntil === null ? null : new Date(evaluatedUntil))),
    statuses.map(({ lastError }) => lastError),
  ])
}

/** A monitor that was never judged gets its first status here: it may be blind from the start. */
const SET_HEALTH = `
INSERT INTO engine.monitor_status (monitor_id, org_id, generation, state, health, last_error)
SELECT m.id, m.org_id, m.generation, 'OK', $3, $4 FROM monitor m WHERE m.org_id = $1 AND m.id = ANY($2::text[])
ON CONFLICT (monitor_id) DO UPDATE SET health = excluded.health, last_error = excluded.last_error`

/** Health alone; states stay as they are. */
export async function setHealth(
  pool: Pool,
  lease: ShardLease,
  orgId: string,
  monitorIds: readonly string[],
  health: MonitorHealth,
  error: string | null,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    await fence(client, lease)
    await client.query(SET_HEALTH, [orgId, monitorIds, health, error])
  })
}
