import { mkdirSync } from 'node:fs'
import { totalmem } from 'node:os'
import { Session } from 'chdb'
import { createChdbConnection } from 'chdb/connection'
import { StartError } from '../schema/domain/errors.js'
import {
  ANSWER_SETTINGS,
  type ClickHouse,
  DEFAULT_COMMAND_SECONDS,
  insertSettings,
  type QueryLimits,
  type QueryParams,
} from '../sql/clients.js'
import { insertError, queryError } from '../sql/clients-errors.js'
import { quotedFilters, requireParams, setParams } from '../sql/clients-params.js'
import { ENGINE_ARGUMENTS } from './chdb-bounds.js'
import { insertBlocks } from './chdb-insert.js'
import { jsonRows } from './json-rows.js'

/**
 * ClickHouse in this process. A connection runs one query at a time and an aborted one runs on, so each kind of work has
 * a connection of its own: a long read delays no insert and no tick.
 */
export interface EmbeddedClickHouse {
  readonly writer: ClickHouse
  readonly evaluator: ClickHouse
  readonly reader: ClickHouse
  /** Waits for what runs, then closes the connections. */
  close(): Promise<void>
}

/**
 * Opens ClickHouse on a directory, which belongs to this process alone: the data directory's lock has to be held. All
 * opens of one process share one directory. The database is made when it is missing.
 *
 * Each running query holds one of libuv's four threads; connections queue in JavaScript, so that never more than three
 * are held and files and name lookups go on.
 *
 * @throws StartError ENGINE_MISSING or DATA_DIR_UNUSABLE when the engine or the directory cannot be had.
 */
export async function openEmbeddedClickHouse(options: {
  /** Of the data directory's ClickHouse. */
  readonly path: string
  readonly database?: string
}): Promise<EmbeddedClickHouse> {
  const { path, database = 'tocsin' } = options
  const opened: ClickHouse[] = []
  let engine: Session | null = null
  const closeEngine = async () => {
    await closeAll(opened)
    engine?.close()
  }
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    // The first to open a directory starts the engine; only a session can say how.
    engine = new Session(path, { connectionArgs: ENGINE_ARGUMENTS })
    const writer = await openConnection(path, database, opened)
    const evaluator = await openConnection(path, database, opened)
    const reader = await openConnection(path, database, opened)
    return { writer, evaluator, reader, close: closeEngine }
  } catch (error) {
    await closeEngine()
    const reason = error instanceof Error ? error.message : String(error)
    const isPlatform = error instanceof Error && 'code' in error && error.code === 'CHDB_PLATFORM'
    throw isPlatform
      ? new StartError(
          'ENGINE_MISSING',
          `The embedded ClickHouse cannot run here (${reason}); set CLICKHOUSE_URL to a server's.`,
        )
      : new StartError('DATA_DIR_UNUSABLE', `The embedded ClickHouse cannot open ${path} (${reason}).`)
  }
}

async function closeAll(handles: readonly ClickHouse[]): Promise<void> {
  for (const handle of handles) await handle.close()
}

async function openConnection(path: string, database: string, opened: ClickHouse[]): Promise<ClickHouse> {
  const connection = createChdbConnection({ path })
  const inTurn = oneAtATime()
  const run = (sql: string, signal?: AbortSignal, format = 'JSONEachRow') =>
    inTurn(async () => {
      signal?.throwIfAborted()
      return connection.chdb.queryAsync(sql, { format })
    })
  const select = async (sql: string, params: QueryParams, limits: QueryLimits, format: string) => {
    requireParams(sql, params)
    try {
      // Not the library's binding of parameters: that runs one query at a time in the whole process.
      // All of it each time: settings stay with the connection, and the next query may be another org's.
      const settings = `max_execution_time = ${seconds(limits)}, additional_table_filters = ${mapOf(quotedFilters(database, limits.filters ?? {}))}`
      return await run(`${setParams(params)}SET ${settings};\n${sql}`, limits.signal, format)
    } catch (error) {
      throw queryError(error)
    }
  }
  const handle: ClickHouse = {
    database,
    async query<Row>(sql: string, params: QueryParams, limits: QueryLimits) {
      return jsonRows<Row>((await select(sql, params, limits, 'JSONEachRow')).bytes())
    },
    async queryNative(sql, params, limits) {
      return (await select(sql, params, limits, 'Native')).bytes()
    },
    async insertRows(insert) {
      const { table, columns, format, body, token, settings } = insert
      if (body.length === 0) return
      try {
        if (format === 'Native') return await insertBlocks(path, insert, run)
        await inTurn(() =>
          connection.chdb.rawInsert({
            table,
            ...(columns ? { columns: [...columns] } : {}),
            format,
            values: body,
            settings: insertSettings(token, settings),
          }),
        )
      } catch (error) {
        throw insertError(error, table)
      }
    },
    async command(sql, limits = { maxExecutionSeconds: DEFAULT_COMMAND_SECONDS }) {
      try {
        await run(`SET max_execution_time = ${seconds(limits)};\n${sql}`)
      } catch (error) {
        throw queryError(error)
      }
    },
    async ping() {
      await handle.query('SELECT 1', {}, { maxExecutionSeconds: 5 })
    },
    close: () => inTurn(() => connection.close()),
  }
  opened.push(handle)
  const session = { ...ANSWER_SETTINGS, max_memory_usage: memoryShare() }
  await run(
    `SET ${Object.entries(session)
      .map(([name, value]) => `${name} = ${value}`)
      .join(', ')}`,
  )
  await run(`CREATE DATABASE IF NOT EXISTS \`${database}\``)
  await run(`USE \`${database}\``)
  return handle
}

/** Bytes one query may take: a quarter of what this machine or container has, since Node and PostgreSQL live here too. */
function memoryShare(): number {
  const limit = process.constrainedMemory()
  const total = limit > 0 ? Math.min(limit, totalmem()) : totalmem()
  return Math.floor(total / 4)
}

function seconds({ maxExecutionSeconds }: { maxExecutionSeconds: number }): number {
  if (Number.isFinite(maxExecutionSeconds) && maxExecutionSeconds > 0) return maxExecutionSeconds
  throw new RangeError(`maxExecutionSeconds is ${maxExecutionSeconds}, expected more than 0.`)
}

/** A literal of a map whose texts are escaped already. */
function mapOf(quoted: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(quoted).map(([key, value]) => `'${key}': '${value}'`)
  return `{${pairs.join(', ')}}`
}

/** Runs tasks one after another, in the order they came. */
function oneAtATime(): <Result>(task: () => Promise<Result>) => Promise<Result> {
  let tail: Promise<unknown> = Promise.resolve()
  return (task) => {
    const result = tail.then(task)
    // The next one waits for this one's end, however it ended; its caller has the error.
    tail = result.catch(() => undefined)
    return result
  }
}
