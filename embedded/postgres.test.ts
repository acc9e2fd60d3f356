import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { scratchFolder } from '../test/harness/scratch-folder.js'
import { type DataDir, openDataDir } from './data-dir.js'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './postgres.js'

/** A started PostgreSQL that goes with the test. The scratch folder above it may be entered by its owner alone. */
async function started(dataDir: DataDir, durable = false): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, durable })
  onTestFinished(() => postgres.stop())
  return postgres
}

function opened(path = join(scratchFolder(), '.tocsin')): DataDir {
  const dataDir = openDataDir(path)
  onTestFinished(() => dataDir.release())
  return dataDir
}

async function ask<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

test('it starts below a folder of mode 0700, keeps all it has there, and starts again at once', async () => {
  const dataDir = opened()
  const first = await started(dataDir, true)
  await ask(first.url, 'CREATE TABLE kept AS SELECT 1 AS n')
  await first.stop()
  expect(await first.ended).toBeNull()

  const begun = performance.now()
  const second = await started(dataDir, true)
  // 55 ms on two cores; the promise is well under a second.
  expect(performance.now() - begun).toBeLessThan(1_000)
  expect(second.port).toBe(first.port)
  expect(second.url).toBe(first.url)
  expect(await ask(second.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }])
  expect(statSync(join(dataDir.postgres, 'data', 'PG_VERSION')).isFile()).toBe(true)
})

test('only the password in a file of mode 0600 opens it, and only from this machine', async () => {
  const dataDir = opened()
  const { url } = await started(dataDir, true)
  expect(statSync(join(dataDir.path, 'postgres.json')).mode & 0o777).toBe(0o600)
  const wrong = new URL(url)
  wrong.password = 'wrong'
  await expect(ask(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed')
  const settings = ['listen_addresses', 'unix_socket_directories', 'fsync', 'synchronous_commit', 'server_encoding']
  const rows = await ask<{ setting: string }>(
    url,
    `SELECT setting FROM pg_settings WHERE name IN ('${settings.join("','")}') ORDER BY array_position('{${settings}}', name)`,
  )
  expect(rows.map(({ setting }) => setting)).toEqual(['127.0.0.1', '', 'on', 'on', 'UTF8'])
})

test('another port is taken when somebody listens on its own', async () => {
  const dataDir = opened()
  const first = await started(dataDir)
  await first.stop()
  const squatter = createServer().listen(first.port, '127.0.0.1')
  onTestFinished(() => void squatter.close())
  const second = await started(dataDir)
  expect(second.port).not.toBe(first.port)
  expect(await ask(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('a pid file that names a process of somebody else does not keep it from starting', async () => {
  const dataDir = opened()
  const first = await started(dataDir)
  const pidFile = join(dataDir.postgres, 'data', 'postmaster.pid')
  const lines = readFileSync(pidFile, 'utf8').split('\n')
  await first.stop()
  // The pid was given again: to us, who are certainly alive.
  writeFileSync(pidFile, [process.pid, ...lines.slice(1)].join('\n'))
  const second = await started(dataDir)
  expect(await ask(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('files of another version of PostgreSQL are refused with its own words', async () => {
  const dataDir = opened()
  await (await started(dataDir)).stop()
  writeFileSync(join(dataDir.postgres, 'data', 'PG_VERSION'), '17\n')
  await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({
    code: 'DATA_DIR_UNUSABLE',
    message: expect.stringContaining('database files are incompatible with server'),
  })
})

test('without the file of its password it is refused, and nothing is overwritten', async () => {
  const dataDir = opened()
  await (await started(dataDir)).stop()
  rmSync(join(dataDir.path, 'postgres.json'))
  await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({
    code: 'DATA_DIR_UNUSABLE',
    message: expect.stringContaining(`${dataDir.path}/postgres.json`),
  })
  expect(readdirSync(dataDir.postgres)).toEqual(['data'])
})

test('a first start that was cut short is done again', async () => {
  const dataDir = opened()
  mkdirSync(join(dataDir.postgres, 'unfinished', 'base'), { recursive: true })
  const postgres = await started(dataDir)
  expect(await ask(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  expect(readdirSync(dataDir.postgres)).toEqual(['data'])
})

test('one that ends by itself says so', async () => {
  const postgres = await started(opened())
  const data = await ask<{ pid: number }>(postgres.url, 'SELECT pg_backend_pid() AS pid')
  expect(data).toHaveLength(1)
  const { pid } = await postmaster(postgres.url)
  process.kill(pid, 'SIGQUIT')
  expect(await postgres.ended).toMatchObject({ message: expect.stringMatching(/^PostgreSQL ended by itself \(/) })
})

async function postmaster(url: string): Promise<{ pid: number }> {
  const rows = await ask<{ line: string }>(url, `SELECT pg_read_file('postmaster.pid') AS line`)
  return { pid: Number(rows[0]?.line.split('\n')[0]) }
}
