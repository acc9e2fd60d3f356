import { execFile } from 'node:child_process'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { packageRoot } from '../package-root.js'
import { useStores } from './harness/stores.js'
import { openTestEdge, type TestEdge } from './ingest-edge.js'

/* The health check of the containers, run as they run it. */

const stores = useStores()
let edge: TestEdge | null = null
afterEach(async () => {
  await edge?.close()
  edge = null
})

function check(role: string, environment: Record<string, string> = {}): Promise<{ status: number; said: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH, ...environment }
    execFile(process.execPath, [join(packageRoot(), 'deploy', 'healthcheck.mjs'), role], { env }, (error, _, said) =>
      resolve({ status: error === null ? 0 : Number(error.code), said: said.trim() }),
    )
  })
}

test('an edge is healthy while it is ready', async () => {
  edge = await openTestEdge()
  const port = { TOCSIN_INGEST_PORT: String(edge.port) }
  expect(await check('ingest', port)).toEqual({ status: 0, said: '' })
  edge.intake.fault = new Error('down')
  const { status, said } = await check('ingest', port)
  expect(status).toBe(1)
  expect(said).toContain('/readyz of the ingest answered 503')
})

test('nobody at the port is not healthy', async () => {
  expect((await check('gateway', { TOCSIN_GATEWAY_PORT: '9' })).status).toBe(1)
})

test('an evaluator is healthy while it says so in the database', async () => {
  const database = { DATABASE_URL: stores.url }
  expect(await check('evaluator', database)).toMatchObject({ status: 1, said: expect.stringContaining('was seen') })
  await stores.pool.query(`INSERT INTO engine.evaluator (name, seen_at) VALUES ($1, now())`, [`${hostname()}-1-ab`])
  expect(await check('evaluator', database)).toEqual({ status: 0, said: '' })
})

test('a notifier is healthy while its database answers', async () => {
  expect(await check('notifier', { DATABASE_URL: stores.url })).toEqual({ status: 0, said: '' })
  const { status, said } = await check('notifier', { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:9/x' })
  expect(status).toBe(1)
  expect(said).not.toContain('hunter2')
})

test('another role is none', async () => {
  expect(await check('king')).toMatchObject({ status: 1, said: expect.stringContaining('king is no role') })
})
