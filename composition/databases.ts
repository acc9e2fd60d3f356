import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Config } from '../config.js'
import { type EmbeddedClickHouse, openEmbeddedClickHouse } from '../embedded/chdb.js'
import { type DataDir, openDataDir } from '../embedded/data-dir.js'
import { startEmbeddedPostgres } from '../embedded/postgres.js'
import { applyPrismaMigrations } from '../prisma/migrate.js'
import { checkRedis } from '../queue/redis/server-facts.js'
import { StartError } from '../schema/domain/errors.js'
import type { Log } from '../schema/ports/clock.js'
import { createClickHouseDatabase, openClickHouseServer } from '../sql/clients-clickhouse.js'
import { migrateClickHouse } from '../sql/migrate-clickhouse.js'
import { migratePostgres } from '../sql/migrate-postgres.js'
import { readAuthorities } from './authorities.js'
import type { Stops } from './stops.js'

/** The databases that Tocsin runs on, migrated: servers where settings name them, else embedded ones. */
export interface Databases {
  /** Null when every store is a server. */
  readonly dataDir: DataDir | null
  readonly controlUrl: string
  readonly metricsUrl: string
  readonly clickhouse: Pick<EmbeddedClickHouse, 'writer' | 'evaluator' | 'reader'>
  /** Certificates of authorities that are trusted beside the usual ones, PEM. */
  readonly ca: string | undefined
  /** 32 bytes. */
  readonly masterKey: Buffer
  /** True when no other process can use these databases: the data directory's lock is ours. */
  readonly alone: boolean
  /** Settles with why, when an embedded store goes by itself. */
  readonly lost: Promise<Error>
}

/**
 * Opens and migrates the databases. What was opened is handed to `stops`, so that a failed start closes it again.
 *
 * @throws StartError
 */
export async function openDatabases(config: Config, log: Log, stops: Stops): Promise<Databases> {
  const embedded = config.DATABASE_URL === undefined || config.CLICKHOUSE_URL === undefined
  const dataDir = embedded || config.TOCSIN_MASTER_KEY === undefined ? openDataDir(config.TOCSIN_DATA_DIR) : null
  if (dataDir !== null) stops.add('data directory', async () => dataDir.release())
  const ca = readAuthorities(config)
  const masterKey = readMasterKey(config, dataDir)
  const { url: controlUrl, ended } = await openPostgres(config, dataDir, log, stops)
  const metricsUrl = config.METRICS_DATABASE_URL ?? controlUrl
  const applied = [
    ...(await reach('DATABASE_URL', () => applyPrismaMigrations(controlUrl))),
    ...(await migratePostgres(controlUrl, 'engine')),
    ...(await reach('METRICS_DATABASE_URL', () => migratePostgres(metricsUrl, 'metrics'))),
  ]
  const clickhouse = await openClickHouse(config, dataDir, ca, stops)
  if (config.REDIS_URL !== undefined) await checkRedis(config.REDIS_URL, log, ca)
  applied.push(...(await reach('CLICKHOUSE_URL', () => migrateClickHouse(clickhouse.writer, controlUrl))))
  if (applied.length > 0) log.info({ applied }, 'migrations applied')
  return {
    dataDir,
    controlUrl,
    metricsUrl,
    clickhouse,
    ca,
    masterKey,
    alone: config.DATABASE_URL === undefined && config.REDIS_URL === undefined,
    lost: ended,
  }
}

async function openPostgres(config: Config, dataDir: DataDir | null, log: Log, stops: Stops) {
  const never = new Promise<Error>(() => {})
  if (config.DATABASE_URL !== undefined) {
    await reach('DATABASE_URL', () => answers(config.DATABASE_URL ?? ''))
    return { url: config.DATABASE_URL, ended: never }
  }
  if (dataDir === null)
    throw new StartError('SETTINGS_MISSING', 'DATABASE_URL is not set and there is no data directory.')
  const postgres = await startEmbeddedPostgres({
    dataDir,
    log: (level, message) => log[level]({ store: 'postgres' }, message),
  })
  stops.add('embedded PostgreSQL', () => postgres.stop())
  const ended = postgres.ended.then((error) => error ?? never)
  return { url: postgres.url, ended }
}

async function openClickHouse(config: Config, dataDir: DataDir | null, ca: string | undefined, stops: Stops) {
  const url = config.CLICKHOUSE_URL
  if (url !== undefined) {
    await reach('CLICKHOUSE_URL', () => createClickHouseDatabase({ url, ca }))
    const [writer, evaluator, reader] = [
      openClickHouseServer({ url, ca }),
      openClickHouseServer({ url, ca }),
      openClickHouseServer({ url, ca }),
    ]
    stops.add('ClickHouse connections', async () => {
      await Promise.all([writer.close(), evaluator.close(), reader.close()])
    })
    return { writer, evaluator, reader }
  }
  if (dataDir === null)
    throw new StartError('SETTINGS_MISSING', 'CLICKHOUSE_URL is not set and there is no data directory.')
  const clickhouse = await openEmbeddedClickHouse({ path: dataDir.clickhouse })
  stops.add('embedded ClickHouse', () => clickhouse.close())
  return clickhouse
}

async function answers(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  await client.end()
}

/** Makes an unreachable server one sentence that names the setting, and not the URL: it may hold a password. */
async function reach<T>(setting: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StartError) throw error
    const cause =
      error instanceof Error ? error.message || ('code' in error ? String(error.code) : error.name) : String(error)
    throw new StartError('STORE_UNREACHABLE', `The server that ${setting} names does not answer as expected: ${cause}.`)
  }
}

function readMasterKey(config: Config, dataDir: DataDir | null): Buffer {
  if (config.TOCSIN_MASTER_KEY !== undefined) return Buffer.from(config.TOCSIN_MASTER_KEY, 'hex')
  if (dataDir === null || config.DATABASE_URL !== undefined)
    throw new StartError(
      'SETTINGS_MISSING',
      'TOCSIN_MASTER_KEY is not set, and secrets in the database that DATABASE_URL names need it; expected 64 hexadecimal digits, the same for every process.',
    )
  const path = join(dataDir.path, 'master.key')
  try {
    writeFileSync(path, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const key = readFileSync(path, 'utf8').trim()
  if (!/^[0-9a-f]{64}$/.test(key))
    throw new StartError('DATA_DIR_UNUSABLE', `${path} holds no master key; expected 64 hexadecimal digits.`)
  return Buffer.from(key, 'hex')
}
