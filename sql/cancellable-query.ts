import pg from 'pg'
import { endedBy, exceeded } from '../schema/domain/query-bounds.js'
import type { ReadLimits } from '../schema/ports/series.js'

/** The server broke a statement off: it was told to, or it took too long. */
const QUERY_CANCELED = '57014'

/**
 * Rows of a statement, which PostgreSQL is told to break off when the signal aborts; then `endedBy` says what is thrown.
 * Its connection is given up with it: what breaks a statement off may come late, and would meet the next one.
 */
export async function cancellableQuery<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  text: string,
  values: readonly unknown[],
  { signal, bounds }: ReadLimits = {},
): Promise<Row[]> {
  if (signal?.aborted) throw endedBy(signal)
  const client = await pool.connect()
  let brokenOff: Promise<Error> | undefined
  const breakOff = () => {
    brokenOff = breakOffBackend(pool, (client as pg.PoolClient & { readonly processID: number }).processID)
  }
  try {
    if (signal?.aborted) throw endedBy(signal)
    signal?.addEventListener('abort', breakOff, { once: true })
    return (await client.query<Row>(text, [...values])).rows
  } catch (error) {
    if (signal?.aborted) throw endedBy(signal)
    if (bounds !== undefined && codeOf(error) === QUERY_CANCELED) throw exceeded('time', bounds.timeMs)
    throw error
  } finally {
    signal?.removeEventListener('abort', breakOff)
    client.release(await brokenOff)
  }
}

/**
 * Breaks a statement off, over a connection of its own: those of the pool may all be at work. Never rejects, since nobody
 * waits for it while the statement runs; it says why the statement's connection is given up: it was broken off, or that
 * failed and the statement may run on to its time limit.
 */
async function breakOffBackend(pool: pg.Pool, processId: number): Promise<Error> {
  const canceller = new pg.Client({ ...pool.options, application_name: 'tocsin cancels' })
  // A connection that is lost fails what waits for it below; the event tells the same once more.
  canceller.on('error', () => undefined)
  try {
    try {
      await canceller.connect()
      await canceller.query('SELECT pg_cancel_backend($1)', [processId])
    } finally {
      await canceller.end()
    }
    return new Error('The statement of this connection was broken off.')
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
