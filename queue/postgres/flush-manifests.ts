import type pg from 'pg'
import type { FlushSnapshot } from '../../schema/domain/horizon.js'
import type { Signal } from '../../schema/domain/signal.js'
import type { Log } from '../../schema/ports/clock.js'
import {
  BatchTakenError,
  type FlushLine,
  type FlushManifests,
  type KnownBatch,
  MAX_LISTED_SLICES,
  type OpenFlush,
} from '../../schema/ports/flushes.js'
import {
  ABANDON,
  CLOSE,
  DIRTY_SLICES,
  KNOWN,
  OPEN,
  PRUNE,
  PRUNE_BATCHES,
  RENEW,
  SNAPSHOT,
  TAKE_OVER,
} from './flush-statements.js'
import { createPool } from './pool.js'

/** Recorded snapshots reach back as far as the longest window of an SLO and its late data; so must the manifests. */
export const LEAST_KEPT_MS = 35 * 86_400_000

/**
 * Batches of a closed flush are stored and acknowledged; a consumer that still holds one, and would put it into another
 * flush, has been away for longer than any claim by then.
 */
export const BATCHES_KEPT_MS = 7 * 86_400_000

const STATEMENT_TIMEOUT_MS = 30_000
const PRUNE_FLUSHES = 500

export interface PostgresFlushManifests extends FlushManifests {
  /**
   * Forgets flushes closed more than `keepMs` ago, and which batches were in those closed more than `BATCHES_KEPT_MS`
   * ago; usage stays.
   *
   * @param keepMs At least `LEAST_KEPT_MS`.
   * @returns How many flushes.
   */
  prune(keepMs: number): Promise<number>
  /** Ends the connections. */
  end(): Promise<void>
}

/** @param deps.connectionString The database that has the schema `engine`, which must be the intake's. */
export function createPostgresFlushManifests(deps: {
  readonly connectionString: string
  readonly log: Log
  /** At most so many connections. */
  readonly connections?: number
}): PostgresFlushManifests {
  const { connectionString, log, connections = 4 } = deps
  const pool = createPool(
    { connectionString, name: 'flushes', max: connections, statementTimeoutMs: STATEMENT_TIMEOUT_MS },
    log,
  )

  async function many<Row extends pg.QueryResultRow>(name: string, text: string, values: unknown[] = []) {
    return (await pool.query<Row>({ name: `flush-${name}`, text, values })).rows
  }

  /** Short transactions, so that no flush waits for them; returns how many rows went. */
  async function inSteps(text: string, olderThanMs: number): Promise<number> {
    for (let total = 0; ; ) {
      const { rowCount } = await pool.query(text, [olderThanMs, PRUNE_FLUSHES])
      if (!rowCount) return total
      total += rowCount
    }
  }

  return {
    async known(batchIds) {
      if (batchIds.length === 0) return []
      const rows = await many<Omit<KnownBatch, 'flushId'> & { flushId: string }>('known', KNOWN, [batchIds])
      return rows.map((row) => ({ ...row, flushId: BigInt(row.flushId) }))
    },

    async open({ signal, owner, leaseMs, batchIds, lines, terms }) {
      const listed = JSON.stringify(lines.map(listedOrRange))
      const values = [signal, owner, leaseMs, batchIds, listed, JSON.stringify(terms)]
      try {
        const [row] = await many<{ id: string }>('open', OPEN, values)
        if (row === undefined) throw new Error('Opening a flush answered no id where one row was expected.')
        return BigInt(row.id)
      } catch (error) {
        if (!isTaken(error)) throw error
        throw new BatchTakenError(`One of ${batchIds.length} batches already belongs to a flush: ${error.detail}`)
      }
    },

    async renew(owner, leaseMs) {
      await many('renew', RENEW, [owner, leaseMs])
    },

    async takeOver(owner, leaseMs, { alone, limit }) {
      const rows = await many<Omit<OpenFlush, 'flushId'> & { flushId: string }>('take-over', TAKE_OVER, [
        ...[owner, leaseMs, alone, limit],
      ])
      return rows.map((row) => ({ ...row, flushId: BigInt(row.flushId) }))
    },

    async close(flushId) {
      return (await many('close', CLOSE, [flushId])).length > 0
    },

    async abandon(flushId) {
      await many('abandon', ABANDON, [flushId])
    },

    async snapshot(): Promise<FlushSnapshot> {
      const [row] = await many<{ upTo: string; except: string[] }>('snapshot', SNAPSHOT)
      if (row === undefined) throw new Error('The flush manifest answered no snapshot where one row was expected.')
      return { upTo: BigInt(row.upTo), except: row.except.map(BigInt) }
    },

    async dirtySlices(orgId: string, signal: Signal, before, after) {
      const [row] = await many<{ slices: number[]; ranges: [number, number][] }>('dirty-slices', DIRTY_SLICES, [
        ...[orgId, signal, before.upTo, before.except, after.upTo, after.except],
      ])
      return {
        slices: row?.slices ?? [],
        ranges: (row?.ranges ?? []).map(([first, last]) => ({ first, last })),
      }
    },

    async prune(keepMs) {
      if (keepMs < LEAST_KEPT_MS)
        throw new RangeError(
          `Flush manifests are kept for at least ${LEAST_KEPT_MS} ms, and ${keepMs} ms were asked for.`,
        )
      await inSteps(PRUNE_BATCHES, BATCHES_KEPT_MS)
      return inSteps(PRUNE, keepMs)
    },

    end: () => pool.end(),
  }
}

/** A line as it is stored: past the bound no slices, which stands for all between the first and the last. */
function listedOrRange(line: FlushLine): FlushLine {
  return line.slices.length > MAX_LISTED_SLICES ? { ...line, slices: [] } : line
}

/** Whether a batch was found in another flush: SQLSTATE unique_violation on the table of batches. */
function isTaken(error: unknown): error is { readonly detail: string } {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === '23505' &&
    'constraint' in error &&
    error.constraint === 'flush_batch_pkey'
  )
}
