import type { Pool } from 'pg'
import type { Signal } from '../../schema/domain/signal.js'
import type { Random } from '../../schema/ports/clock.js'
import type { BlindnessChange, ShardLease } from '../../schema/ports/evaluation.js'
import { inTransaction } from '../transaction.js'
import { writeIncidentChange } from './incidents.js'
import { fence } from './leases.js'

/** Spells of an org that have not ended, by signal. */
export async function blindSpells(
  pool: Pool,
  orgId: string,
): Promise<Map<Signal, { since: number; incidentId: string }>> {
  const { rows } = await pool.query<{ signal: Signal; since: Date; incident_id: string }>(
    'SELECT signal, since, incident_id FROM engine.blind_spell WHERE org_id = $1 AND until IS NULL',
    [orgId],
  )
  return new Map(rows.map((row) => [row.signal, { since: row.since.getTime(), incidentId: row.incident_id }]))
}

const BEGIN = `
INSERT INTO engine.blind_spell (org_id, signal, since, incident_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`

const END = `UPDATE engine.blind_spell SET until = $3 WHERE org_id = $1 AND signal = $2 AND until IS NULL`

/** Begins or ends a spell with its incident; one that already stands so changes nothing. */
export async function blindness(
  pool: Pool,
  random: Random,
  lease: ShardLease,
  orgId: string,
  change: BlindnessChange,
): Promise<void> {
  const { signal, since, at, incidentId, title } = change
  await inTransaction(pool, async (client) => {
    await fence(client, lease)
    const { rowCount } = change.blind
      ? await client.query(BEGIN, [orgId, signal, new Date(since), incidentId])
      : await client.query(END, [orgId, signal, new Date(at)])
    if (rowCount === 0) return
    await writeIncidentChange(client, random, orgId, at, {
      kind: change.blind ? 'firing' : 'resolved',
      incidentId,
      monitorId: null,
      openKey: `blind:${signal}`,
      labels: { tocsin: 'blind', signal },
      title,
      severity: 'CRITICAL',
      value: null,
      reason: change.blind ? 'not judged' : 'judged again',
    })
  })
}
