import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { signCanonical } from '../../cli/signing.js'
import { startTocsin, type TocsinProcess } from '../../cli/tocsin-process.js'
import { openEmbeddedClickHouse } from '../../embedded/chdb.js'
import { openDataDir } from '../../embedded/data-dir.js'
import { startEmbeddedPostgres } from '../../embedded/postgres.js'

/*
 * Promise 1: a 202 is kept. The whole process is killed ten times at random moments of a replay of 20,000 signed lines,
 * among them metrics, spans and browser events; then every item of every signal is stored exactly once, usage says the
 * same, and a monitor that should fire fired one incident. With TOCSIN_TEST_KILL_REDIS set to
 * the URL of an empty Redis, the queue is there.
 */

const BATCHES = 200
const BATCH = 100
/** Of each other signal. */
const OTHER_BATCHES = 40
const OTHER_BATCH = 50
const KILLS = Number(process.env.TOCSIN_TEST_KILLS ?? 10)
/** Printed, so that a failure can be repeated. */
const SEED = Number(process.env.TOCSIN_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31))

const SETTINGS: Readonly<Record<string, string>> = process.env.TOCSIN_TEST_KILL_REDIS
  ? { REDIS_URL: process.env.TOCSIN_TEST_KILL_REDIS }
  : {}

let dataDir = ''
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tocsin-kill-'))
})
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

/** Mulberry32: a small generator that a seed repeats. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

interface ReplayBatch {
  readonly key: string
  readonly path: string
  readonly body: string
}

/** Every item bears its number, so that each can be counted; the signals take turns. */
function batchesAt(began: number): ReplayBatch[] {
  const make = (path: string, list: string, batches: number, size: number, item: (n: number) => object) =>
    Array.from({ length: batches }, (_, b) => ({
      at: b / batches,
      key: randomUUID(),
      path,
      body: JSON.stringify({ [list]: Array.from({ length: size }, (_, i) => item(b * size + i)) }),
    }))
  const hex = (n: number, digits: number) => (n + 1).toString(16).padStart(digits, '0')
  return [
    ...make('/v1/logs', 'logs', BATCHES, BATCH, (n) => ({
      timestamp: began,
      service: 'replay',
      level: 'error',
      message: `line ${n}`,
    })),
    ...make('/v1/metrics', 'metrics', OTHER_BATCHES, OTHER_BATCH, (n) => ({
      name: 'replayed',
      value: n,
      timestamp: began - n,
    })),
    ...make('/v1/traces', 'spans', OTHER_BATCHES, OTHER_BATCH, (n) => ({
      traceId: hex(n, 32),
      spanId: hex(n, 16),
      name: 'replayed',
      start: began,
      durationNs: 1_000,
    })),
    ...make('/v1/rum', 'events', OTHER_BATCHES, OTHER_BATCH, (n) => ({
      type: 'custom',
      name: `event ${n}`,
      timestamp: began,
    })),
  ].sort((a, b) => a.at - b.at)
}

/**
 * Sends every batch until it is accepted, each under its own idempotency key, as a good client does; four at a time. No
 * more than `quota` of them (a ratio) are begun, so that each life of the process has its share to die over.
 */
function startReplay(current: () => TocsinProcess | null, quota: () => number) {
  const progress = { accepted: 0 }
  const batches = batchesAt(Date.now())
  let begun = 0
  async function sender(): Promise<void> {
    for (;;) {
      while (begun < batches.length && begun >= quota() * batches.length) await delay(5)
      const batch = batches[begun++]
      if (batch === undefined) return
      for (;;) {
        const tocsin = current()
        if (tocsin !== null && (await sendOnce(tocsin, batch))) break
        await delay(10)
      }
      progress.accepted++
    }
  }
  return { progress, all: batches.length, finished: Promise.all([sender(), sender(), sender(), sender()]) }
}

async function sendOnce(tocsin: TocsinProcess, { key: idempotencyKey, path, body }: ReplayBatch): Promise<boolean> {
  const { ingestUrl, ingestKey } = tocsin.bootstrap
  const signed = signCanonical({
    secret: ingestKey.secret,
    method: 'POST',
    path,
    timestamp: Date.now(),
    idempotencyKey,
    body,
  })
  try {
    const response = await fetch(new URL(path, ingestUrl), {
      method: 'POST',
      headers: { ...signed, 'content-type': 'application/json', 'x-org-key': ingestKey.key },
      body,
      signal: AbortSignal.timeout(5_000),
    })
    await response.arrayBuffer()
    if (response.status !== 202 && response.status !== 503) throw new RangeError(`answered ${response.status}`)
    return response.status === 202
  } catch (error) {
    if (error instanceof RangeError) throw error
    // Killed while it answered, or not up yet.
    return false
  }
}

async function createMonitor(tocsin: TocsinProcess): Promise<void> {
  const { graphqlUrl, apiToken } = tocsin.bootstrap
  const query = `mutation { monitorCreate(input: { monitor: { key: "replayed-errors", name: "Replayed errors", rule: { threshold: {
    measure: { logs: { filter: "{service=\\"replay\\", level=\\"error\\"}" } }, window: "30m", comparison: GT, critical: 50 } } } })
    { monitor { id } userErrors { message } } }`
  const response = await fetch(graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiToken}` },
    body: JSON.stringify({ query }),
  })
  expect(await response.json()).toMatchObject({ data: { monitorCreate: { userErrors: [] } } })
}

/** Batches that wait or are claimed, as the process itself says. */
async function queued(tocsin: TocsinProcess): Promise<number> {
  const text = await (await fetch(new URL('/metrics', tocsin.bootstrap.ingestUrl))).text()
  return Number(/^tocsin_queue_batches (\d+)/m.exec(text)?.[1] ?? Number.NaN)
}

/** Waits until the intake is empty and the monitor was judged on all of it. */
async function settled(tocsin: TocsinProcess): Promise<void> {
  const { graphqlUrl, apiToken } = tocsin.bootstrap
  const after = Date.now() + 5_000
  for (let i = 0; i < 200; i++) {
    const response = await fetch(graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${apiToken}` },
      body: JSON.stringify({ query: '{ monitor(key: "replayed-errors") { state health evaluatedUntil } }' }),
    })
    const { data } = (await response.json()) as { data: { monitor: { state: string; evaluatedUntil: string | null } } }
    const judged = data.monitor.state === 'FIRING' && Date.parse(data.monitor.evaluatedUntil ?? '') > after
    if (judged && (await queued(tocsin)) === 0) return
    await delay(250)
  }
  throw new Error('The monitor was not judged on all that was sent within 50 s.')
}

it('keeps every accepted line once, and fires once, through its kills', { timeout: 900_000 }, async () => {
  console.log(`seed ${SEED}`)
  const random = seeded(SEED)
  let tocsin: TocsinProcess | null = await startTocsin(dataDir, SETTINGS)
  await createMonitor(tocsin)
  let lives = 1
  const replay = startReplay(
    () => tocsin,
    () => lives / (KILLS + 1),
  )
  for (let kill = 0; kill < KILLS; kill++) {
    await delay(random() * 250)
    const dying: TocsinProcess | null = tocsin
    tocsin = null
    await dying?.kill()
    lives++
    tocsin = await startTocsin(dataDir, SETTINGS)
  }
  await replay.finished
  expect(replay.progress).toEqual({ accepted: replay.all })
  await settled(tocsin)
  await tocsin.stop()

  const dir = openDataDir(dataDir)
  const postgres = await startEmbeddedPostgres({ dataDir: dir })
  const clickhouse = await openEmbeddedClickHouse({ path: dir.clickhouse })
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  try {
    const [stored] = await clickhouse.reader.query<object>(
      'SELECT count() AS rows, uniqExact(message) AS lines, uniqExact(batch_id) AS batches FROM logs',
      {},
      { maxExecutionSeconds: 10 },
    )
    expect(stored).toEqual({ rows: BATCHES * BATCH, lines: BATCHES * BATCH, batches: BATCHES })
    const others = OTHER_BATCHES * OTHER_BATCH
    const counts = await clickhouse.reader.query<object>(
      `SELECT * FROM (
         SELECT 'rum' AS signal, count() AS rows, uniqExact(batch_id, item) AS items FROM rum
         UNION ALL SELECT 'spans' AS signal, count() AS rows, uniqExact(span_id) AS items FROM spans
       ) ORDER BY signal`,
      {},
      { maxExecutionSeconds: 10 },
    )
    expect(counts).toEqual([
      { signal: 'rum', rows: others, items: others },
      { signal: 'spans', rows: others, items: others },
    ])
    const { rows: samples } = await client.query(
      'SELECT count(*)::int AS rows, count(DISTINCT value)::int AS items FROM metrics.samples',
    )
    expect(samples).toEqual([{ rows: others, items: others }])
    const { rows: usage } = await client.query(
      `SELECT meter, sum(quantity)::int AS items FROM engine.usage_hour
       WHERE meter IN ('LOG_RECORDS', 'METRIC_SAMPLES', 'SPANS', 'RUM_EVENTS') GROUP BY meter ORDER BY meter`,
    )
    expect(usage).toEqual([
      { meter: 'LOG_RECORDS', items: BATCHES * BATCH },
      { meter: 'METRIC_SAMPLES', items: others },
      { meter: 'RUM_EVENTS', items: others },
      { meter: 'SPANS', items: others },
    ])
    const { rows: left } = await client.query('SELECT count(*)::int AS batches FROM engine.intake')
    expect(left).toEqual([{ batches: 0 }])
    const { rows: dead } = await client.query('SELECT count(*)::int AS batches FROM engine.dead_letter')
    expect(dead).toEqual([{ batches: 0 }])
    const { rows: incidents } = await client.query('SELECT number, state FROM incident WHERE monitor_id IS NOT NULL')
    expect(incidents).toEqual([{ number: expect.any(Number), state: 'TRIGGERED' }])
  } finally {
    await client.end()
    await clickhouse.close()
    await postgres.stop()
    dir.release()
  }
})
