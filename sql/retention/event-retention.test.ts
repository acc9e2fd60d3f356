import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EmbeddedClickHouse } from '../../embedded/chdb.js'
import { createLogSink, createRumSink, createSpanSink } from '../../ingest/normalizer/index.js'
import { createParsePool } from '../../ingest/parse/index.js'
import { DEFAULT_RETENTION } from '../../schema/domain/retention.js'
import { packBody } from '../../schema/ports/packed-body.js'
import { createRetention, daysByOrg } from '../../schema/ports/retention.js'
import type { ClaimedBatch, StorageTerms } from '../../schema/ports.js'
import { silent } from '../../test/acceptance/world.js'
import { eventually } from '../../test/conformance/intake-subject.js'
import { openTestClickHouse } from '../../test/harness/stores.js'
import { createLogWriter } from '../log-writer.js'
import { createRumWriter } from '../rum-writer.js'
import { createSpanWriter } from '../span-writer.js'

const DAY_MS = 86_400_000
const TABLES = ['logs', 'log_counts', 'spans', 'traces', 'rum'] as const
/** Merges that only take out what is too old wait for hours by default. */
const AT_ONCE = 'merge_with_ttl_timeout = 0'
/** Old enough to be gone where seven days are kept, young enough to stay where thirty are. */
const TEN_DAYS_AGO = Date.now() - 10 * DAY_MS

const retention = createRetention(
  DEFAULT_RETENTION,
  new Map([['org_a', { ...DEFAULT_RETENTION, logs: 7, spans: 7, rum: 7 }]]),
)
const terms: StorageTerms = {
  of: async (signal, orgIds) => ({ days: daysByOrg(signal, orgIds, retention), policies: {} }),
  retention: async () => retention,
}
const pool = createParsePool({ workers: 0, file: '', log: silent })

let clickhouse: EmbeddedClickHouse
beforeAll(async () => {
  clickhouse = await openTestClickHouse()
})
afterAll(() => clickhouse.close())

const select = <Row>(sql: string, from = clickhouse) => from.reader.query<Row>(sql, {}, { maxExecutionSeconds: 10 })

function batch(orgId: string, signal: ClaimedBatch['signal'], body: object): ClaimedBatch {
  return {
    ...{ batchId: randomUUID(), orgId, keyId: 'key_1', signal, protocol: 'native-json', items: 1, deliveries: 1 },
    acceptedAt: TEN_DAYS_AGO,
    body: packBody(Buffer.from(JSON.stringify(body))),
  }
}

/** Events of both orgs in one flush a signal, all of ten days ago. */
async function store(): Promise<void> {
  const at = new Date(TEN_DAYS_AGO).toISOString()
  const span = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), name: 'x', service: 's', start: at, end: at }
  const sinks = {
    logs: [createLogSink(pool, createLogWriter(clickhouse.writer), terms), { logs: [{ timestamp: at, message: 'x' }] }],
    spans: [createSpanSink(pool, createSpanWriter(clickhouse.writer), terms), { spans: [span] }],
    rum: [
      createRumSink(pool, createRumWriter(clickhouse.writer), terms),
      { events: [{ timestamp: at, app: 'shop', type: 'view', page: '/' }] },
    ],
  } as const
  let flushId = 0n
  for (const [signal, [sink, body]] of Object.entries(sinks)) {
    const both = ['org_a', 'org_b'].map((orgId) => batch(orgId, signal as ClaimedBatch['signal'], body))
    const prepared = await sink.prepare(both)
    await prepared.store(++flushId)
  }
}

describe('an org that keeps its data for less long', () => {
  it('has parts of its own, which are dropped whole when its days are over; nobody else loses any', async () => {
    await clickhouse.writer.command('SYSTEM STOP TTL MERGES')
    await store()
    for (const table of TABLES) {
      const kept = await select(
        `SELECT org_id, max(retention_days) AS days FROM ${table} GROUP BY org_id ORDER BY org_id`,
      )
      expect([table, kept]).toEqual([
        table,
        [
          { org_id: 'org_a', days: 7 },
          { org_id: 'org_b', days: 30 },
        ],
      ])
    }
    for (const table of TABLES) await clickhouse.writer.command(`ALTER TABLE ${table} MODIFY SETTING ${AT_ONCE}`)
    await clickhouse.writer.command('SYSTEM START TTL MERGES')
    for (const table of TABLES) {
      const left = await eventually(async () => {
        const orgs = await select<{ org_id: string }>(`SELECT DISTINCT org_id FROM ${table}`)
        return orgs.length < 2 && orgs
      }, 60_000)
      expect([table, left]).toEqual([table, [{ org_id: 'org_b' }]])
    }
  })
})
