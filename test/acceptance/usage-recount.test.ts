import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createPostgresIntake } from '../../queue/postgres/intake.js'
import { packBody } from '../../schema/ports/packed-body.js'
import { BEARER_SECRET, type IngestPipeline, openIngestPipeline } from './ingest-pipeline.js'
import { silent } from './world.js'

/*
 * Promise 8: usage is exact. What was sent (good items, partial batches, replays, refusals, a batch that cannot be read)
 * is counted again from the stored rows, and equals what was metered.
 */

let pipeline: IngestPipeline
beforeAll(async () => {
  pipeline = await openIngestPipeline()
})
afterAll(() => pipeline.close())

async function send(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const answer = await fetch(`${pipeline.url}/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${BEARER_SECRET}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  await answer.text()
  return answer.status
}

/** A batch that passed the edge of another version and cannot be read by this one. */
async function enqueueUnreadable(): Promise<void> {
  const intake = createPostgresIntake({
    connectionString: pipeline.database.url,
    seal: (bytes) => bytes,
    log: silent,
  })
  try {
    await intake.enqueue({
      ...{ batchId: randomUUID(), orgId: 'org_1', keyId: 'key_1', signal: 'logs', protocol: 'native-json', items: 3 },
      body: packBody(Buffer.from('{"logs": [{"message": "lost"}, 7]}')),
      idempotency: { scope: randomBytes(32), bodyHash: randomBytes(32), ttlMs: 60_000 },
    })
  } finally {
    await intake.close()
  }
}

const lengths = (...arrays: readonly string[]) =>
  arrays.map((array) => `arraySum(x -> length(x), ${array})`).join(' + ')
/** Bytes of a row's attributes: names and values as their JSON text. */
const ATTRIBUTES = `${lengths(
  ...['mapKeys(attributes_string)', 'mapValues(attributes_string)', 'mapKeys(attributes_number)'],
  ...['arrayMap(x -> toString(x), mapValues(attributes_number))', 'mapKeys(attributes_bool)'],
)} + arraySum(x -> if(x, 4, 5), mapValues(attributes_bool))`
const mapsBytes = (column: string) =>
  `arraySum(m -> arraySum(x -> length(x), mapKeys(m)) + arraySum(x -> length(x), mapValues(m)), ${column})`

const RECOUNT = `
  SELECT org_id, meter, hour, toUInt64(sum(quantity)) AS quantity FROM (
    SELECT org_id, toStartOfHour(accepted_at) AS hour, m.1 AS meter, m.2 AS quantity FROM logs
    ARRAY JOIN [('LOG_RECORDS', toUInt64(1)), ('LOG_BYTES', length(message) + ${ATTRIBUTES})] AS m
    UNION ALL
    SELECT org_id, toStartOfHour(accepted_at), m.1, m.2 FROM spans
    ARRAY JOIN [('SPANS', toUInt64(1)), ('SPAN_BYTES', length(name) + length(status_message) + ${ATTRIBUTES}
      + ${lengths('events_name')} + ${mapsBytes('events_attributes')} + ${mapsBytes('links_attributes')})] AS m
    UNION ALL
    SELECT org_id, toStartOfHour(accepted_at), 'RUM_EVENTS', toUInt64(1) FROM rum
  ) GROUP BY org_id, meter, hour`

it('equals a recount of what is stored, per org, signal and hour of acceptance', async () => {
  const id = (n: number, digits: number) => n.toString(16).padStart(digits, '0')
  const event = (n: number) => ({
    ...{ name: 'retry ↻', timestamp: new Date().toISOString(), attributes: { attempt: n, last: n === 3 } },
  })
  for (let round = 0; round < 4; round++) {
    const logs = Array.from({ length: 7 + round }, (_, n) => ({
      message: n % 3 === 0 ? `zahlung ungültig für ann${n}@example.com` : `{"msg":"ok","took":${n},"level":"warn"}`,
      attributes: { n, ok: n % 2 === 0, region: 'eu-zürich', http: { status: 200 + n } },
    }))
    const spans = Array.from({ length: 3 + round }, (_, n) => ({
      ...{ traceId: id(round * 100 + n + 1, 32), spanId: id(n + 1, 16), name: 'GET /käse', service: 'shop' },
      ...{ start: new Date().toISOString(), durationNs: 1_500, status: 'error', statusMessage: 'zu spät' },
      ...{ attributes: { n, cached: false, peer: 'db' }, events: [event(n)] },
      links: [{ traceId: id(9, 32), spanId: id(9, 16), attributes: { why: 'batch' } }],
    }))
    const events = Array.from({ length: 2 + round }, () => ({ type: 'view', page: '/', app: 'shop' }))
    const metrics = Array.from({ length: 5 + round }, (_, n) => ({
      ...{ name: 'load', value: n, timestamp: Date.now() - round * 60_000 - n, labels: { host: `h${n}` } },
    }))
    const key = { 'x-idempotency-key': `logs-${round}` }
    // The second is a replay.
    for (let time = 0; time < 2; time++) expect(await send('logs', { logs }, key)).toBe(202)
    expect(await send('traces', { spans })).toBe(202)
    expect(await send('rum', { events })).toBe(202)
    expect(await send('metrics', { metrics })).toBe(202)
    // One good item of two; then none at all.
    expect(await send('logs?partial=1', { logs: [{ message: 'good' }, { message: 7 }] })).toBe(202)
    expect(await send('traces?partial=1', { spans: [spans[0], { name: 'no ids' }] })).toBe(202)
    expect(await send('logs', { logs: [{ message: 'good' }, { message: 7 }] })).toBe(400)
  }
  await enqueueUnreadable()
  await pipeline.settled()

  const { rows: dead } = await pipeline.database.pool.query('SELECT items FROM engine.dead_letter')
  expect(dead).toEqual([{ items: 3 }])

  const { rows: metered } = await pipeline.database.pool.query<{ meter: string; quantity: number }>(
    `SELECT org_id, meter, to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS hour, quantity::int
     FROM engine.usage_hour`,
  )
  const samples = metered.filter(({ meter }) => meter === 'METRIC_SAMPLES')
  const sum = (rows: readonly { readonly quantity: number }[]) =>
    rows.reduce((total, { quantity }) => total + quantity, 0)
  expect(sum(samples)).toBe((await pipeline.samples()).length)

  const sorted = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort()
  const recounted = await pipeline.select(RECOUNT)
  expect(sorted(metered.filter((row) => !samples.includes(row)))).toEqual(sorted(recounted))
  // What was sent, as this file knows it: 7 + 8 + 9 + 10 logs and a good one of each partial batch, and so on.
  const total = (meter: string) => sum(metered.filter((row) => row.meter === meter))
  expect([total('LOG_RECORDS'), total('SPANS'), total('RUM_EVENTS'), sum(samples)]).toEqual([38, 22, 14, 26])
})
