import type { ClickHouse, TableFilters } from './clients.js'
import { sqlString } from './clients-params.js'

/** The tables that hold rows of several orgs. */
export const SHARED_TABLES = ['logs', 'log_counts', 'spans', 'traces', 'rum'] as const

/**
 * A wall around an org: of the shared tables its queries see this org's rows alone, also where a query forgets to name
 * the org. Inserts and commands are as they were. ClickHouse's row policies would do the same, but the embedded engine has
 * no users to bind them to.
 */
export function walledFor(clickhouse: ClickHouse, orgId: string): ClickHouse {
  const condition = `org_id = ${sqlString(orgId)}`
  const filters: TableFilters = Object.fromEntries(SHARED_TABLES.map((table) => [table, condition]))
  return {
    ...clickhouse,
    query: (sql, params, limits) => clickhouse.query(sql, params, { ...limits, filters }),
    queryNative: (sql, params, limits) => clickhouse.queryNative(sql, params, { ...limits, filters }),
  }
}
