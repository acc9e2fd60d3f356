import pg from 'pg'
import type { Log } from '../../schema/ports/clock.js'

export interface PoolOptions {
  readonly connectionString: string
  /** Shown by the server to those who look at its connections. */
  readonly name: string
  readonly max: number
  /** The server breaks off a statement that takes longer, ms. */
  readonly statementTimeoutMs: number
}

/** How long a caller waits for a free connection, ms. */
const CONNECT_TIMEOUT_MS = 5000

/**
 * A pool that outlives its server: a connection lost while idle is logged and made anew. A statement whose answer does
 * not come (a dead network) fails 5 s after the server should have broken it off.
 */
export function createPool(options: PoolOptions, log: Log): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    application_name: `tocsin ${options.name}`,
    max: options.max,
    statement_timeout: options.statementTimeoutMs,
    query_timeout: options.statementTimeoutMs + 5000,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  })
  pool.on('error', (error) =>
    log.warn({ err: error, pool: options.name }, 'An idle connection to PostgreSQL was lost.'),
  )
  return pool
}
