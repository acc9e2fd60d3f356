import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { EmbeddedClickHouse } from '../../embedded/chdb.js'
import { createPostgresFlushManifests, type PostgresFlushManifests } from '../../queue/postgres/flush-manifests.js'
import { createPostgresIntake } from '../../queue/postgres/intake.js'
import { DEFAULT_RETENTION } from '../../schema/domain/retention.js'
import { type ScrubPolicy, scrubPolicySchema } from '../../schema/domain/scrub.js'
import { packBody } from '../../schema/ports/packed-body.js'
import { createRetention, daysByOrg, type Intake, type RowWriter, type StorageTerms } from '../../schema/ports.js'
import { createLogWriter } from '../../sql/log-writer.js'
import { silent } from '../../test/acceptance/world.js'
import { createTestDatabase, openTestClickHouse, type TestDatabase } from '../../test/harness/stores.js'
import { createParsePool } from '../parse/index.js'
import { type FlushDeps, flushBatches, recoverFlush } from './flush.js'
import { createLogSink } from './log-sink.js'

/*
 * A process dies with a flush open, what an org has set changes, and another process finishes the flush: on the real
 * stores, whose deduplication tells blocks apart by token and partition.
 */

let database: TestDatabase
let clickhouse: EmbeddedClickHouse
let intake: Intake
let flushes: PostgresFlushManifests
beforeAll(async () => {
  database = await createTestDatabase()
  clickhouse = await openTestClickHouse()
  flushes = createPostgresFlushManifests({ connectionString: database.url, log: silent })
  intake = createPostgresIntake({ connectionString: database.url, seal: (bytes) => bytes, log: silent })
})
afterAll(async () => {
  await intake.close()
  await flushes.end()
  await clickhouse.close()
  await database.drop()
})

/** What the org has set now. */
let set: { days: number; policy: ScrubPolicy }
const BEFORE = { days: 7, policy: scrubPolicySchema.parse({ kinds: { email: 'mask' }, fields: { plan: 'redact' } }) }
const AFTER = { days: 90, policy: scrubPolicySchema.parse({ kinds: { email: 'keep' } }) }
const terms: StorageTerms = {
  of: async (signal, orgIds) => {
    const org = { ...DEFAULT_RETENTION, logs: set.days }
    const retention = createRetention(DEFAULT_RETENTION, new Map([...orgIds].map((id) => [id, org])))
    return {
      days: daysByOrg(signal, orgIds, retention),
      policies: Object.fromEntries([...orgIds].map((id) => [id, set.policy])),
    }
  },
  retention: async () => createRetention(DEFAULT_RETENTION),
}
const pool = createParsePool({ workers: 0, file: '', log: silent })

let orgId = ''
beforeEach(async () => {
  set = BEFORE
  orgId = `org_${randomUUID()}`
  await intake.enqueue({
    batchId: randomUUID(),
    ...{ orgId, keyId: 'key_1', signal: 'logs', protocol: 'native-json', items: 2 },
    body: packBody(
      Buffer.from(
        JSON.stringify({
          logs: [
            { message: 'from somebody@example.com', attributes: { plan: 'gold' } },
            { message: 'fine', attributes: { plan: 'free' } },
          ],
        }),
      ),
    ),
    idempotency: { scope: randomBytes(32), bodyHash: randomBytes(32), ttlMs: 60_000 },
  })
})

function deps(owner: string, writer: RowWriter): FlushDeps {
  return {
    ...{ intake, flushes, signal: 'logs', owner, leaseMs: 60_000, log: silent },
    sink: createLogSink(pool, writer, terms),
    pause: async () => undefined,
    stored: () => undefined,
  }
}

const stored = () =>
  clickhouse.reader.query(
    `SELECT message, attributes_string['plan'] AS plan, retention_days AS days FROM logs WHERE org_id = {org:String}
     ORDER BY item`,
    { org: orgId },
    { maxExecutionSeconds: 10 },
  )
const usage = async () =>
  (
    await database.pool.query('SELECT meter, quantity::int FROM engine.usage_hour WHERE org_id = $1 ORDER BY meter', [
      orgId,
    ])
  ).rows

const ROWS = [
  { message: 'from [email:***.com]', plan: '[secret]', days: 7 },
  { message: 'fine', plan: '[secret]', days: 7 },
]

describe('a flush that a dead process left open', () => {
  it.each([
    ['before its insert', async () => undefined],
    ['after its insert, which its successor does not find', inserted],
  ] as const)('%s is finished under the terms it was begun with', async (_when, first) => {
    const writer = createLogWriter(clickhouse.writer)
    const dying: RowWriter = {
      ...writer,
      async insert(flushId, rows) {
        await first(writer, flushId, rows)
        throw new Error('killed')
      },
    }
    const claimed = await intake.claim('one', 'logs', { maxBatches: 1, maxBytes: 1e6, claimMs: 60_000 })
    await expect(flushBatches(deps('one', dying), claimed)).rejects.toThrow('killed')

    set = AFTER
    // What was inserted is looked for and not found, as when a replica lags: all is inserted once more.
    const blind: RowWriter = { ...writer, count: async () => 0 }
    const open = await flushes.takeOver('two', 60_000, { alone: true, limit: 10 })
    expect(open).toHaveLength(1)
    for (const flush of open) await recoverFlush(deps('two', blind), flush)

    expect(await stored()).toEqual(ROWS)
    const bytes = ROWS.reduce((sum, { message, plan }) => sum + message.length + 'plan'.length + plan.length, 0)
    expect(await usage()).toEqual([
      { meter: 'LOG_BYTES', quantity: bytes },
      { meter: 'LOG_RECORDS', quantity: 2 },
    ])
    const { rows } = await database.pool.query('SELECT terms FROM engine.flush WHERE id = $1', [open[0]?.flushId])
    expect(rows).toEqual([{ terms: null }])
  })

  it('of a version that kept no terms is finished under those of now', async () => {
    const writer = createLogWriter(clickhouse.writer)
    const dying: RowWriter = { ...writer, insert: () => Promise.reject(new Error('killed')) }
    const claimed = await intake.claim('one', 'logs', { maxBatches: 1, maxBytes: 1e6, claimMs: 60_000 })
    await expect(flushBatches(deps('one', dying), claimed)).rejects.toThrow('killed')
    await database.pool.query('UPDATE engine.flush SET terms = NULL')
    set = AFTER
    for (const flush of await flushes.takeOver('two', 60_000, { alone: true, limit: 10 }))
      await recoverFlush(deps('two', writer), flush)
    expect(await stored()).toEqual([
      { message: 'from somebody@example.com', plan: 'gold', days: 90 },
      { message: 'fine', plan: 'free', days: 90 },
    ])
  })
})

async function inserted(writer: RowWriter, flushId: bigint, rows: Uint8Array): Promise<void> {
  await writer.insert(flushId, rows)
}
