import type { Pool, PoolClient } from 'pg'
import { LeaseLostError, type ShardLease } from '../../schema/ports/evaluation.js'

/*
 * Shards and their leases. Times are the database's, so that evaluators need not agree on theirs. A new holder raises
 * the fencing token; a write under an older one is refused by `fence`.
 */

/** How many shards there are; as many rows stand in engine.shard. */
export const SHARDS = 16

const SEEN = `
INSERT INTO engine.evaluator (name, seen_at) VALUES ($1, now())
ON CONFLICT (name) DO UPDATE SET seen_at = now()`

const FORGET = `DELETE FROM engine.evaluator WHERE seen_at < now() - make_interval(secs => $1)`

const RENEW = `
UPDATE engine.shard SET lease_until = now() + make_interval(secs => $2)
WHERE holder = $1 AND lease_until > now()
RETURNING shard, fencing`

/** Gives back what is held past the fair share, so that a new evaluator gets some. */
const GIVE_BACK = `
UPDATE engine.shard SET holder = NULL, lease_until = '-infinity'
WHERE shard IN (SELECT shard FROM engine.shard WHERE holder = $1 ORDER BY shard OFFSET $2)
RETURNING shard`

const TAKE = `
UPDATE engine.shard SET holder = $1, fencing = fencing + 1, lease_until = now() + make_interval(secs => $2)
WHERE shard IN (
  SELECT shard FROM engine.shard WHERE holder IS NULL OR lease_until <= now()
  ORDER BY shard LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING shard, fencing`

/** Renews this evaluator's leases and takes free ones up to its fair share. */
export async function acquireShards(pool: Pool, evaluator: string, leaseMs: number): Promise<ShardLease[]> {
  const seconds = leaseMs / 1000
  await pool.query(SEEN, [evaluator])
  await pool.query(FORGET, [seconds])
  const { rows: alive } = await pool.query<{ count: number }>('SELECT count(*)::int AS count FROM engine.evaluator')
  const share = Math.ceil(SHARDS / Math.max(1, alive[0]?.count ?? 1))
  const renewed = (await pool.query<{ shard: number; fencing: string }>(RENEW, [evaluator, seconds])).rows
  const given = renewed.length > share ? (await pool.query<{ shard: number }>(GIVE_BACK, [evaluator, share])).rows : []
  const missing = share - renewed.length
  const taken =
    missing > 0 ? (await pool.query<{ shard: number; fencing: string }>(TAKE, [evaluator, seconds, missing])).rows : []
  const lost = new Set(given.map(({ shard }) => shard))
  return [...renewed, ...taken]
    .filter(({ shard }) => !lost.has(shard))
    .map(({ shard, fencing }) => ({ shard, fencing: BigInt(fencing) }))
}

/** Gives every shard back, so that another evaluator need not wait for the leases to run out. */
export async function releaseShards(pool: Pool, evaluator: string): Promise<void> {
  await pool.query(`UPDATE engine.shard SET holder = NULL, lease_until = '-infinity' WHERE holder = $1`, [evaluator])
  await pool.query('DELETE FROM engine.evaluator WHERE name = $1', [evaluator])
}

/** Voids every lease and forgets every evaluator. */
export async function releaseAllShards(pool: Pool): Promise<void> {
  await pool.query(`UPDATE engine.shard SET holder = NULL, lease_until = '-infinity'`)
  await pool.query('DELETE FROM engine.evaluator')
}

/**
 * Locks the shard for the transaction. Throws `LeaseLostError` when the token is no longer the shard's, so nothing of
 * the transaction is written.
 */
export async function fence(client: PoolClient, lease: ShardLease): Promise<void> {
  const { rowCount } = await client.query(
    'SELECT 1 FROM engine.shard WHERE shard = $1 AND fencing = $2 FOR NO KEY UPDATE',
    [lease.shard, lease.fencing],
  )
  if (rowCount !== 1)
    throw new LeaseLostError(`Shard ${lease.shard} is held under a newer token than ${lease.fencing}.`)
}

/** Shard of an org, in SQL: hashtext is stable within a major version of PostgreSQL and across restarts. */
const SHARD_OF = (column: string) => `((hashtext(${column}) % ${SHARDS}) + ${SHARDS}) % ${SHARDS}`

const ORGS = `
SELECT org_id, shard FROM (
  SELECT org_id, ${SHARD_OF('org_id')} AS shard FROM (
    SELECT org_id FROM monitor WHERE deleted_at IS NULL
    UNION SELECT org_id FROM engine.instance
  ) orgs
) sharded
WHERE shard = ANY($1::int[]) ORDER BY org_id`

/** Orgs of some shards that have monitors, or instances left to retire. */
export async function orgsOf(pool: Pool, shards: readonly number[]): Promise<{ orgId: string; shard: number }[]> {
  const { rows } = await pool.query<{ org_id: string; shard: number }>(ORGS, [shards])
  return rows.map(({ org_id, shard }) => ({ orgId: org_id, shard }))
}
