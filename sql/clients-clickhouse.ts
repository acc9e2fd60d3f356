import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { finished } from 'node:stream/promises'
import { rootCertificates } from 'node:tls'
import { ClickHouseLogLevel, createClient, SettingsMap } from '@clickhouse/client'
import {
  ANSWER_SETTINGS,
  type ClickHouse,
  DEFAULT_COMMAND_SECONDS,
  INSERT_SECONDS,
  insertSettings,
  type QueryLimits,
  type TableFilters,
} from './clients.js'
import { insertError, queryError } from './clients-errors.js'
import { quotedFilters, requireParams } from './clients-params.js'

/** The database where the URL names none. */
export const DEFAULT_DATABASE = 'tocsin'

/** Waited beyond ClickHouse's own limit before a query is given up, in seconds: its answer has to arrive. */
const ANSWER_SECONDS = 5

/**
 * A ClickHouse server over HTTP. The database is the one in the URL's path, else `tocsin`; it is made by
 * `migrateClickHouse`, not here.
 *
 * @param url `http(s)://user:password@host:port/database`.
 * @param options.ca Certificates of authorities (PEM) that are trusted beside the usual ones, for `https://`.
 */
export function openClickHouseServer(options: {
  readonly url: string
  readonly database?: string
  readonly ca?: string | undefined
}): ClickHouse {
  const url = new URL(options.url)
  const database = databaseOf(options)
  url.pathname = '/'
  const client = createClient({
    url,
    database,
    application: 'tocsin',
    ...(options.ca !== undefined && url.protocol === 'https:'
      ? { tls: { ca_cert: Buffer.from([...rootCertificates, options.ca].join('\n')) } }
      : {}),
    // What goes wrong is thrown, and whoever catches it logs it in our way.
    log: { level: ClickHouseLogLevel.OFF },
    compression: { response: true, request: false },
    clickhouse_settings: {
      ...ANSWER_SETTINGS,
      // The status waits for the whole answer, so that a fault in its middle is never taken for its end.
      wait_end_of_query: 1,
      // A query whose reader has gone is stopped, instead of running to its limit for nobody.
      cancel_http_readonly_queries_on_client_close: 1,
    },
    request_timeout: (DEFAULT_COMMAND_SECONDS + ANSWER_SECONDS) * 1_000,
  })
  const patience = (seconds: number) => AbortSignal.timeout((seconds + ANSWER_SECONDS) * 1_000)
  const bounds = (seconds: number, signal?: AbortSignal, filters?: TableFilters) => ({
    clickhouse_settings: {
      max_execution_time: seconds,
      // The map prints its texts as they are.
      ...(filters && { additional_table_filters: SettingsMap.from(quotedFilters(database, filters)) }),
    },
    abort_signal: signal === undefined ? patience(seconds) : AbortSignal.any([patience(seconds), signal]),
  })
  return {
    database,
    async query<Row>(sql: string, params: Parameters<ClickHouse['query']>[1], limits: QueryLimits) {
      requireParams(sql, params)
      try {
        const answer = await client.query({
          query: sql,
          query_params: { ...params },
          format: 'JSONEachRow',
          ...bounds(limits.maxExecutionSeconds, limits.signal, limits.filters),
        })
        return await answer.json<Row>()
      } catch (error) {
        throw queryError(error)
      }
    },
    async queryNative(sql, params, limits) {
      requireParams(sql, params)
      try {
        const { stream } = await client.exec({
          query: `${sql}\nFORMAT Native`,
          query_params: { ...params },
          ...bounds(limits.maxExecutionSeconds, limits.signal, limits.filters),
        })
        return await buffer(stream)
      } catch (error) {
        throw queryError(error)
      }
    },
    async insertRows({ table, columns, format, body, token, settings }) {
      if (body.length === 0) return
      try {
        // The bytes go as they are; the client's own insert would parse and print every row again.
        const { stream } = await client.exec({
          query: `${insertInto(table, columns)} FORMAT ${format}`,
          values: Readable.from([body], { objectMode: false }),
          clickhouse_settings: insertSettings(token, settings),
          abort_signal: patience(INSERT_SECONDS),
        })
        await finished(stream.resume())
      } catch (error) {
        throw insertError(error, table)
      }
    },
    async command(sql, limits = { maxExecutionSeconds: DEFAULT_COMMAND_SECONDS }) {
      try {
        await client.command({ query: sql, ...bounds(limits.maxExecutionSeconds) })
      } catch (error) {
        throw queryError(error)
      }
    },
    async ping() {
      const answer = await client.ping({ select: true, abort_signal: AbortSignal.timeout(ANSWER_SECONDS * 1_000) })
      if (!answer.success) throw queryError(answer.error)
    },
    close: () => client.close(),
  }
}

/**
 * Makes the server's database when it is missing: the step before its migrations, for a user who may do so.
 *
 * @throws StoreError when the server does not answer or refuses.
 */
export async function createClickHouseDatabase(options: {
  readonly url: string
  readonly database?: string
  readonly ca?: string | undefined
}) {
  const entrance = openClickHouseServer({ url: options.url, ca: options.ca, database: 'default' })
  try {
    await entrance.command(`CREATE DATABASE IF NOT EXISTS ${identifier(databaseOf(options))}`)
  } finally {
    await entrance.close()
  }
}

function databaseOf({ url, database }: { readonly url: string; readonly database?: string }): string {
  return database ?? (decodeURIComponent(new URL(url).pathname.slice(1)) || DEFAULT_DATABASE)
}

/** What an insert begins with, whatever its rows come from. Without columns, the rows name them. */
export function insertInto(table: string, columns: readonly string[] | undefined): string {
  return `INSERT INTO ${identifier(table)}${columns ? ` (${columns.map(identifier).join(', ')})` : ''}`
}

/** A name quoted for SQL; dots separate a database and its table. */
function identifier(name: string): string {
  return name
    .split('.')
    .map((part) => `\`${part.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``)
    .join('.')
}
