import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import { type EmbeddedClickHouse, openEmbeddedClickHouse } from '../../embedded/chdb.js'
import { migrateClickHouse } from '../../sql/migrate-clickhouse.js'
import { TEMPLATE } from './global-setup.js'

/** A migrated database (control plane, `engine`, `metrics`) that one test or one file has for itself. */
export interface TestDatabase {
  /** Of its superuser. */
  readonly url: string
  readonly pool: pg.Pool
  drop(): Promise<void>
}

/** Clones the run's template: 30 to 60 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const fault = inject('templateFault')
  if (fault !== '') throw new Error(`The stores of this run could not be migrated. ${fault}`)
  return createDatabase(`TEMPLATE ${TEMPLATE}`)
}

/** A database without any migration, for tests of the migrations themselves. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('')
}

async function createDatabase(clause: string): Promise<TestDatabase> {
  const name = freshName()
  await administer(`CREATE DATABASE ${name} ${clause}`)
  const url = new URL(inject('postgresUrl'))
  url.pathname = `/${name}`
  const pool = new pg.Pool({ connectionString: url.href, max: 10 })
  // `pool.end` resolves before its sockets are closed, so dropping the database can still end an idle connection.
  pool.on('error', (error) => {
    if (!('code' in error) || error.code !== '57P01') throw error
  })
  return {
    url: url.href,
    pool,
    async drop() {
      await pool.end()
      await administer(`DROP DATABASE ${name} WITH (FORCE)`)
    },
  }
}

/** A database for all tests of a file; what it holds is there from `beforeAll` on. */
export function useStores(): Pick<TestDatabase, 'url' | 'pool'> {
  let database: TestDatabase | null = null
  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(async () => {
    await database?.drop()
  })
  const opened = () => {
    if (database === null)
      throw new Error('useStores() has its database from beforeAll on, not while tests are collected.')
    return database
  }
  return {
    get url() {
      return opened().url
    },
    get pool() {
      return opened().pool
    },
  }
}

/** This process's ClickHouse directory, and how many have it open: a process can have one at a time. */
const chdb = { path: '', opened: 0 }

/** A migrated ClickHouse database of its own, in this process. `close` drops it. The first takes about 0.3 s. */
export async function openTestClickHouse(): Promise<EmbeddedClickHouse> {
  const database = freshName()
  if (chdb.opened++ === 0) chdb.path = mkdtempSync(join(inject('scratchPath'), 'chdb-'))
  const clickhouse = await openEmbeddedClickHouse({ path: chdb.path, database })
  await migrateClickHouse(clickhouse.writer, inject('postgresUrl'))
  return {
    ...clickhouse,
    async close() {
      await clickhouse.writer.command(`DROP DATABASE ${database} SYNC`)
      await clickhouse.close()
      if (--chdb.opened === 0) rmSync(chdb.path, { recursive: true, force: true })
    },
  }
}

/** A directory for ClickHouse that goes with the file, for tests that open it themselves. */
export function testClickHousePath(): { readonly current: string } {
  const path = mkdtempSync(join(inject('scratchPath'), 'chdb-'))
  afterAll(() => rmSync(path, { recursive: true, force: true }))
  return { current: path }
}

function freshName(): string {
  return `test_${randomBytes(6).toString('hex')}`
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
