import type pg from 'pg'

/** Which set of migrations a metrics store has. Readers and writers see the same tables and columns in both. */
export type MetricSet = 'metrics' | 'metrics-timescale'

/** First file of the set for TimescaleDB; by it a store is known later. */
const FIRST_OF_TIMESCALE = '0001_hypertables.sql'

/**
 * Which set a store has, or is to have: TimescaleDB's where the extension is there or can be made, with the licence that
 * has compression and policies. A store that was made without it stays as it is.
 */
export async function metricSet(client: pg.ClientBase): Promise<MetricSet> {
  const applied = await appliedFirst(client)
  if (applied !== null) return applied === FIRST_OF_TIMESCALE ? 'metrics-timescale' : 'metrics'
  const { rows } = await client.query<{ installed: boolean }>(
    `SELECT installed_version IS NOT NULL AS installed FROM pg_available_extensions WHERE name = 'timescaledb'`,
  )
  const [extension] = rows
  if (extension === undefined || !(extension.installed || (await canMake(client)))) return 'metrics'
  const { rows: licence } = await client.query<{ name: string | null }>(
    `SELECT current_setting('timescaledb.license', true) AS name`,
  )
  return licence[0]?.name === 'timescale' ? 'metrics-timescale' : 'metrics'
}

async function appliedFirst(client: pg.ClientBase): Promise<string | null> {
  const { rows: tables } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('metrics.tocsin_migrations') IS NOT NULL AS there`,
  )
  if (tables[0]?.there !== true) return null
  const { rows } = await client.query<{ name: string }>(
    'SELECT name FROM metrics.tocsin_migrations ORDER BY name LIMIT 1',
  )
  return rows[0]?.name ?? null
}

/** False where the server has not loaded the extension's library, or the role may not make it. */
async function canMake(client: pg.ClientBase): Promise<boolean> {
  try {
    await client.query('CREATE EXTENSION IF NOT EXISTS timescaledb')
    return true
  } catch (error) {
    // The server refused, and says why; a lost connection is nobody's answer.
    if (error instanceof Error && 'severity' in error && error.severity === 'ERROR') return false
    throw error
  }
}
