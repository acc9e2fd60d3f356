import type { Pool } from 'pg'
import { QUERY_BOUNDS, type QueryBounds } from '../../schema/domain/query-bounds.js'
import type { Clock } from '../../schema/ports/clock.js'
import type { OrgQueryBounds } from '../../schema/ports/query-bounds.js'

/** How long an org's numbers are remembered, ms. */
const REMEMBERED_MS = 30_000
/** Orgs that are remembered, past which the memory begins anew. */
const REMEMBERED_ORGS = 10_000

const SELECT = `
  SELECT query_time_ms AS "timeMs", query_rows::float8 AS rows, query_bytes::float8 AS bytes, query_series AS series,
    query_samples AS samples, query_points AS points, queries_at_once AS "atOnce"
  FROM org WHERE id = $1`

/** Bounds of queries as the operator set them: those of the settings, and an org's own columns before them. */
export function createOrgQueryBounds(deps: {
  readonly pool: Pool
  readonly clock: Clock
  /** Of the settings; left out, `QUERY_BOUNDS`. */
  readonly standard?: QueryBounds
}): OrgQueryBounds {
  const { pool, clock, standard = QUERY_BOUNDS } = deps
  const known = new Map<string, { readonly until: number; readonly bounds: QueryBounds }>()

  return {
    async of(orgId) {
      const remembered = known.get(orgId)
      if (remembered !== undefined && clock.now() < remembered.until) return remembered.bounds
      const { rows } = await pool.query<Record<keyof QueryBounds, number | null>>(SELECT, [orgId])
      const own = Object.fromEntries(Object.entries(rows[0] ?? {}).filter(([, value]) => value !== null))
      const bounds: QueryBounds = { ...standard, ...own }
      if (known.size >= REMEMBERED_ORGS) known.clear()
      known.set(orgId, { until: clock.now() + REMEMBERED_MS, bounds })
      return bounds
    },
  }
}
