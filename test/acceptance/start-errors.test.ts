import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packageRoot } from '../../package-root.js'

/* What an operator's mistake gets: one sentence on standard error and a non-zero status, never a stack trace. */

let scratch = ''
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'tocsin-start-'))
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

async function start(environment: Record<string, string>, args: readonly string[] = []) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(TOCSIN_|DATABASE_URL|CLICKHOUSE_URL|METRICS_)/.test(name),
  )
  const child = spawn(process.execPath, [join(packageRoot(), 'tocsin.cjs'), ...args], {
    cwd: scratch,
    env: {
      ...Object.fromEntries(kept),
      TOCSIN_DATA_DIR: join(scratch, 'data'),
      TOCSIN_GATEWAY_PORT: '0',
      TOCSIN_INGEST_PORT: '0',
      TOCSIN_LOG_LEVEL: 'error',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  let output = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const [status] = await once(child, 'close')
  return { status: status as number | null, errors, output }
}

describe('a mistake of the operator', () => {
  const key = 'ab'.repeat(32)
  it.each<[string, Record<string, string>, string[], RegExp]>([
    ['a wrong setting', { TOCSIN_GATEWAY_PORT: 'x' }, [], /^tocsin: TOCSIN_GATEWAY_PORT is "x": .*\n$/],
    ['an unknown option', {}, ['--port', '1'], /^tocsin: Unknown option '--port'.*\n$/],
    [
      'an unknown role',
      {},
      ['--role', 'king'],
      /^tocsin: --role is "king"; expected gateway, ingest, evaluator, notifier or all\.\n$/,
    ],
    [
      'a single role without servers',
      {},
      ['--role', 'ingest'],
      /^tocsin: --role ingest .* not set: DATABASE_URL, CLICKHOUSE_URL, TOCSIN_MASTER_KEY\.\n$/,
    ],
    [
      'a database that does not answer',
      { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/x', TOCSIN_MASTER_KEY: key },
      [],
      /^tocsin: The server that DATABASE_URL names does not answer as expected: (?!.*hunter2).*\n$/,
    ],
    [
      'a ClickHouse that does not answer',
      { CLICKHOUSE_URL: 'http://u:hunter2@127.0.0.1:1/x' },
      [],
      /^tocsin: The server that CLICKHOUSE_URL names does not answer as expected: (?!.*hunter2).*\n$/,
    ],
    [
      'a server without a master key',
      { DATABASE_URL: 'postgres://127.0.0.1:1/x' },
      [],
      /^tocsin: TOCSIN_MASTER_KEY is not set, .*\n$/,
    ],
  ])('%s is one sentence', { timeout: 60_000 }, async (_, environment, args, sentence) => {
    const { status, errors } = await start(environment, args)
    expect(errors).toMatch(sentence)
    expect(status).toBe(1)
  })

  it('a port in use is one sentence, and what was started is stopped', { timeout: 60_000 }, async () => {
    const taken = createServer()
    taken.listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    for (const setting of ['TOCSIN_GATEWAY_PORT', 'TOCSIN_INGEST_PORT']) {
      const { status, errors } = await start({ [setting]: String(port) })
      expect(errors).toMatch(new RegExp(`^tocsin: .*${port}.*\\n$`))
      expect(status).toBe(1)
    }
    taken.close()
  })

  it('a data directory that is a file is one sentence', async () => {
    const path = join(scratch, 'file')
    writeFileSync(path, '')
    const { status, errors } = await start({ TOCSIN_DATA_DIR: path })
    expect(errors).toMatch(/^tocsin: The data directory .*file cannot be made or written .*\n$/)
    expect(status).toBe(1)
  })

  it('a data directory where there can be none is one sentence', async () => {
    const { status, errors } = await start({ TOCSIN_DATA_DIR: '/proc/nowhere/data' })
    expect(errors).toMatch(/^tocsin: The data directory \/proc\/nowhere\/data cannot be made or written .*\n$/)
    expect(status).toBe(1)
  })

  it('a master key that is none is one sentence', { timeout: 60_000 }, async () => {
    const path = join(scratch, 'spoilt')
    mkdirSync(path)
    writeFileSync(join(path, 'master.key'), 'oops\n')
    const { status, errors } = await start({ TOCSIN_DATA_DIR: path })
    expect(errors).toMatch(/^tocsin: .*master\.key holds no master key; expected 64 hexadecimal digits\.\n$/)
    expect(status).toBe(1)
  })
})

it('--help, --settings and --version answer without starting anything', async () => {
  expect((await start({}, ['--help'])).output).toMatch(/^Usage: tocsin/)
  expect((await start({}, ['--settings'])).output).toContain('TOCSIN_DATA_DIR')
  expect((await start({}, ['--version'])).output.trim()).toMatch(/^\d+\.\d+\.\d+$/)
})
