import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { EmbeddedClickHouse } from '../../embedded/chdb.js'
import { createIdentify } from '../../evaluator/identify.js'
import { createEvaluator, type Evaluator } from '../../evaluator/index.js'
import { createLogSink, createNormalizer, type Normalizer } from '../../ingest/normalizer/index.js'
import { createParsePool } from '../../ingest/parse/index.js'
import { createPostgresFlushManifests } from '../../queue/postgres/flush-manifests.js'
import { createPostgresIntake } from '../../queue/postgres/intake.js'
import { newId } from '../../schema/domain/ids.js'
import { packBody } from '../../schema/ports/packed-body.js'
import type { Intake } from '../../schema/ports.js'
import { createEvaluationStore } from '../../sql/evaluation/index.js'
import { createLogWriter } from '../../sql/log-writer.js'
import { createSliceSource } from '../../sql/slice-source.js'
import { createTestDatabase, openTestClickHouse, type TestDatabase } from '../harness/stores.js'
import { silent } from './world.js'

/*
 * Promise 2: unobserved is not healthy. The normalizer is stopped while batches go on coming, in real time on the queue's
 * own clock. How long it is paused is a setting (ms), so that a minute can be tried too.
 */
const PAUSE_MS = Number(process.env.TOCSIN_TEST_PAUSE_MS ?? 15_000)
const BLIND_AFTER_MS = 4_000

let database: TestDatabase
let clickhouse: EmbeddedClickHouse
let intake: Intake
let flushes: ReturnType<typeof createPostgresFlushManifests>
let evaluator: Evaluator
let makeNormalizer: () => Normalizer
const orgId = newId('org', Date.now(), randomBytes(10))
const random = { bytes: (length: number) => Uint8Array.from(randomBytes(length)) }

beforeAll(async () => {
  database = await createTestDatabase()
  clickhouse = await openTestClickHouse()
  flushes = createPostgresFlushManifests({ connectionString: database.url, log: silent })
  intake = createPostgresIntake({ connectionString: database.url, seal: (bytes) => bytes, log: silent })
  const sink = createLogSink(createParsePool({ workers: 0, file: '', log: silent }), createLogWriter(clickhouse.writer))
  let lives = 0
  makeNormalizer = () =>
    createNormalizer({
      intake,
      flushes,
      sinks: { logs: sink },
      name: `normalizer-${++lives}`,
      alone: true,
      log: silent,
    })
  evaluator = createEvaluator({
    store: createEvaluationStore(database.pool, random),
    flushes,
    slices: createSliceSource(clickhouse.evaluator),
    evaluateMetric: async () => [],
    identify: createIdentify(),
    ids: {
      instance: () => newId('alertInstance', Date.now(), random.bytes(10)),
      incident: () => newId('incident', Date.now(), random.bytes(10)),
    },
    settings: {
      graceMs: 1_000,
      replayBoundMs: 3_600_000,
      blindAfterMs: BLIND_AFTER_MS,
      blindIncidentAfterMs: 3_600_000,
    },
    name: 'evaluator',
    alone: true,
    watermarks: () => intake.watermarks(),
    fanOut: { publish: async () => {}, subscribe: async () => async () => {} },
    log: silent,
  })
  await database.pool.query('INSERT INTO org (id, slug, name) VALUES ($1, $1, $1)', [orgId])
  const rule = {
    threshold: { measure: { logs: { filter: '{level="error"}' } }, window: '10s', comparison: 'GT', critical: 5 },
  }
  await database.pool.query(
    `INSERT INTO monitor (id, org_id, key, name, kind, rule, every_ms, for_ms, keep_firing_for_ms, missing_data, labels, notify, created_at)
     VALUES ('mon_pause', $1, 'pause', 'Pause', 'threshold', $2, 10000, 0, 0, 'KEEP_STATE', '{}', '{}', now() - interval '1 minute')`,
    [orgId, rule],
  )
})
afterAll(async () => {
  await evaluator.stop()
  await intake.close()
  await flushes.end()
  await clickhouse.close()
  await database.drop()
})

async function sendErrors(): Promise<void> {
  const now = Date.now()
  const logs = Array.from({ length: 100 }, (_, i) => ({
    timestamp: now,
    service: 'api',
    level: 'error',
    message: `e${i}`,
  }))
  const body = Buffer.from(JSON.stringify({ logs }))
  await intake.enqueue({
    batchId: randomUUID(),
    orgId,
    keyId: 'key_test',
    signal: 'logs',
    protocol: 'native-json',
    items: logs.length,
    body: packBody(body),
    idempotency: { scope: randomBytes(32), bodyHash: createHash('sha256').update(body).digest(), ttlMs: 60_000 },
  })
}

interface Status {
  readonly state: string
  readonly health: string
  readonly evaluated_until: Date | null
}
async function status(): Promise<Status | undefined> {
  return (await database.pool.query<Status>("SELECT * FROM engine.monitor_status WHERE monitor_id = 'mon_pause'"))
    .rows[0]
}

/** Sends and evaluates twice a second until it holds; every status seen is kept. */
async function watch(seen: Status[], holds: (status: Status) => boolean, limitMs: number): Promise<void> {
  for (const end = Date.now() + limitMs; Date.now() < end; await delay(500)) {
    await sendErrors()
    await evaluator.pass()
    const now = await status()
    if (now === undefined) continue
    seen.push(now)
    if (holds(now)) return
  }
}

it('resolves nothing while the normalizer is paused, says BLIND, and is right one tick after', {
  timeout: 400_000,
}, async () => {
  const first = makeNormalizer()
  await first.start()
  await watch([], ({ state, health }) => state === 'FIRING' && health === 'HEALTHY', 30_000)
  expect(await status()).toMatchObject({ state: 'FIRING', health: 'HEALTHY' })
  await first.stop()

  const paused: Status[] = []
  await watch(paused, () => false, PAUSE_MS)
  expect(paused.every(({ state }) => state === 'FIRING')).toBe(true)
  expect(paused.at(-1)?.health).toBe('BLIND')
  expect((await intake.depth()).batches).toBeGreaterThan(PAUSE_MS / 1_000)

  const second = makeNormalizer()
  await second.start()
  const after: Status[] = []
  const resumed = Date.now()
  await watch(
    after,
    ({ health, evaluated_until: until }) => health === 'HEALTHY' && (until?.getTime() ?? 0) >= resumed - 12_000,
    12_000,
  )
  expect(after.at(-1)).toMatchObject({ state: 'FIRING', health: 'HEALTHY' })
  await second.stop()
  // One episode all along, and every grid time of the pause judged once, in order.
  const { rows: incidents } = await database.pool.query('SELECT state FROM incident')
  expect(incidents).toEqual([{ state: 'TRIGGERED' }])
  const { rows: ticks } = await database.pool.query<{ at: Date }>('SELECT at FROM engine.tick ORDER BY at')
  for (const [i, { at }] of ticks.entries())
    if (i > 0) expect(at.getTime() - (ticks[i - 1]?.at.getTime() ?? 0)).toBe(10_000)
})
