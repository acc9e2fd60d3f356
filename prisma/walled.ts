import type { Pool, QueryResult, QueryResultRow } from 'pg'
import { inTransaction } from '../sql/transaction.js'
import type { Database, DatabaseScope } from './client.js'
import { Prisma } from './generated/client.js'

/**
 * The role under which an org's rows are seen, made by the migrations: it owns nothing, so that row security holds for it,
 * and shows the rows of the org in setting `tocsin.org`, or none where that is not set.
 */
export const TENANT_ROLE = 'tocsin_tenant'

/** Runs SQL for one org, each statement in a transaction of its own. */
export interface WalledPool {
  query<Row extends QueryResultRow>(sql: string, values?: unknown[]): Promise<QueryResult<Row>>
}

/** A pool behind an org's wall: whatever a statement asks for, it meets this org's rows alone. */
export function walledPool(pool: Pool, orgId: string): WalledPool {
  return {
    query: <Row extends QueryResultRow>(sql: string, values?: unknown[]) =>
      inTransaction(pool, async (client) => {
        await client.query(`SELECT set_config('role', $1, true), set_config('tocsin.org', $2, true)`, [
          TENANT_ROLE,
          orgId,
        ])
        return client.query<Row>(sql, values)
      }),
  }
}

/**
 * Prisma behind an org's wall. Each call of a model is a transaction of its own, and `$transaction` takes a function;
 * its other methods are refused, since they would pass the wall by.
 */
export function walledDatabase(database: Database, orgId: string): Database {
  const within = <T>(work: (transaction: DatabaseScope) => Promise<T>) =>
    database.$transaction(async (transaction) => {
      await transaction.$queryRaw(
        Prisma.sql`SELECT set_config('role', ${TENANT_ROLE}, true), set_config('tocsin.org', ${orgId}, true)`,
      )
      return work(transaction)
    })
  return new Proxy(database, {
    get(target, name) {
      if (name === '$transaction') return within
      if (typeof name !== 'string' || name.startsWith('$'))
        throw new Error(`${String(name)} of the database would pass the wall of ${orgId} by.`)
      const model: unknown = Reflect.get(target, name)
      return typeof model === 'object' && model !== null ? walledModel(name, model, within) : model
    },
  })
}

type Within = <T>(work: (transaction: DatabaseScope) => Promise<T>) => Promise<T>
type Call = (...args: unknown[]) => Promise<unknown>

function walledModel(model: string, delegate: object, within: Within): object {
  return new Proxy(delegate, {
    get(target, method) {
      if (typeof Reflect.get(target, method) !== 'function') return undefined
      return (...args: unknown[]) =>
        within((transaction) => {
          const inside: object = Reflect.get(transaction, model)
          const call: Call = Reflect.get(inside, method)
          return call.apply(inside, args)
        })
    },
  })
}
