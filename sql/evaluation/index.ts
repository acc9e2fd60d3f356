import type { Pool } from 'pg'
import type { Random } from '../../schema/ports/clock.js'
import type { EvaluationStore } from '../../schema/ports/evaluation.js'
import { blindness, blindSpells } from './blindness.js'
import { commitTick } from './commit.js'
import { acquireShards, orgsOf, releaseAllShards, releaseShards } from './leases.js'
import { loadInstances, loadMonitors, loadStatuses } from './load.js'
import { prune } from './prune.js'
import { loadCoverage, mergeWindows, saveSlices } from './slices.js'
import { setHealth } from './statuses.js'

/** The evaluator's memory in PostgreSQL: set-based SQL, one transaction a tick, fenced by the shard's token. */
export function createEvaluationStore(pool: Pool, random: Random): EvaluationStore {
  return {
    acquireShards: (evaluator, leaseMs) => acquireShards(pool, evaluator, leaseMs),
    releaseShards: (evaluator) => releaseShards(pool, evaluator),
    releaseAllShards: () => releaseAllShards(pool),
    orgsOf: (shards) => orgsOf(pool, shards),
    monitors: (orgId) => loadMonitors(pool, orgId),
    instances: (orgId) => loadInstances(pool, orgId),
    statuses: (orgId) => loadStatuses(pool, orgId),
    async cursor(orgId, stream) {
      const { rows } = await pool.query<{ at: Date }>(
        'SELECT at FROM engine.tick WHERE org_id = $1 AND stream = $2 ORDER BY at DESC LIMIT 1',
        [orgId, stream],
      )
      return rows[0] === undefined ? null : { at: rows[0].at.getTime() }
    },
    coverage: (orgId, hashes) => loadCoverage(pool, orgId, hashes),
    saveSlices: (lease, orgId, changes) => saveSlices(pool, lease, orgId, changes),
    windows: (orgId, requests) => mergeWindows(pool, orgId, requests),
    commit: (tick) => commitTick(pool, random, tick),
    setHealth: (lease, orgId, monitorIds, health, error) => setHealth(pool, lease, orgId, monitorIds, health, error),
    blindSpells: (orgId) => blindSpells(pool, orgId),
    blindness: (lease, orgId, change) => blindness(pool, random, lease, orgId, change),
    prune: (now) => prune(pool, now),
  }
}
