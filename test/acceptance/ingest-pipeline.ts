import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { EmbeddedClickHouse } from '../../embedded/chdb.js'
import { createIngestEdge } from '../../ingest/edge/index.js'
import {
  createLogSink,
  createMetricSink,
  createNormalizer,
  createRumSink,
  createSpanSink,
} from '../../ingest/normalizer/index.js'
import { createParsePool } from '../../ingest/parse/index.js'
import { createPostgresFlushManifests } from '../../queue/postgres/flush-manifests.js'
import { createPostgresIntake } from '../../queue/postgres/intake.js'
import type { IngestCredential } from '../../schema/domain/ingest-key.js'
import { createLogWriter } from '../../sql/log-writer.js'
import { createMetricWriter } from '../../sql/metric-store.js'
import { createRumWriter } from '../../sql/rum-writer.js'
import { createSpanWriter } from '../../sql/span-writer.js'
import { createTestDatabase, openTestClickHouse, type TestDatabase } from '../harness/stores.js'
import { credential } from '../ingest-edge.js'
import { silent } from './world.js'

export const BEARER_SECRET = 'a-bearer-secret'

/** Ingest from the edge to the stores, in this process, with one BEARER key for all signals of org `org_1`. */
export interface IngestPipeline {
  readonly url: string
  readonly database: TestDatabase
  /** Waits until everything that was accepted is stored. */
  settled(): Promise<void>
  readonly clickhouse: EmbeddedClickHouse
  /** Rows of a SELECT from ClickHouse. */
  select(sql: string): Promise<Record<string, unknown>[]>
  /** Stored samples by name, labels and time. */
  samples(): Promise<{ name: string; labels: Record<string, string>; ms: number; value: number; stale: boolean }[]>
  close(): Promise<void>
}

/**
 * Opens the pipeline over stores of its own.
 *
 * @param signing Keys beside the BEARER one, found by their public id.
 */
export async function openIngestPipeline(signing: readonly IngestCredential[] = []): Promise<IngestPipeline> {
  const database = await createTestDatabase()
  const clickhouse: EmbeddedClickHouse = await openTestClickHouse()
  const log = silent
  const intake = createPostgresIntake({ connectionString: database.url, seal: (bytes) => bytes, log })
  const flushes = createPostgresFlushManifests({ connectionString: database.url, log })
  const pool = createParsePool({ workers: 0, file: '', log })
  const normalizer = createNormalizer({
    intake,
    flushes,
    sinks: {
      logs: createLogSink(pool, createLogWriter(clickhouse.writer)),
      metrics: createMetricSink(pool, createMetricWriter(database.pool)),
      spans: createSpanSink(pool, createSpanWriter(clickhouse.writer)),
      rum: createRumSink(pool, createRumWriter(clickhouse.writer)),
    },
    name: 'test',
    alone: true,
    log,
  })
  await normalizer.start()
  const secret = Buffer.from(BEARER_SECRET)
  const key = credential({ scheme: 'BEARER', secrets: [secret], signals: ['logs', 'metrics', 'spans', 'rum'] })
  const edge = createIngestEdge({
    host: '127.0.0.1',
    port: 0,
    intake,
    credentials: {
      byKey: async (asked) => signing.find(({ key }) => key === asked) ?? null,
      bySecret: async (asked) => (secret.equals(Buffer.from(asked)) ? key : null),
      touch: () => undefined,
    },
    limiter: {
      consume: async () => ({ allowed: true, remaining: 1, resetMs: 1 }),
      close: async () => undefined,
    },
    clock: { now: () => Date.now() },
    random: { bytes: (length) => Uint8Array.from(randomBytes(length)) },
    log,
  })
  const url = await edge.listen()
  return {
    url,
    database,
    clickhouse,
    async settled() {
      while ((await intake.depth()).batches > 0) await delay(20)
    },
    select: (sql) => clickhouse.reader.query<Record<string, unknown>>(sql, {}, { maxExecutionSeconds: 10 }),
    async samples() {
      const { rows } = await database.pool.query(
        `SELECT name, labels, (extract(epoch FROM ts) * 1000)::float8 AS ms, value, stale IS NOT NULL AS stale
         FROM metrics.samples JOIN metrics.series ON series.id = series_id ORDER BY name, labels::text, ts`,
      )
      return rows
    },
    async close() {
      await edge.close()
      await normalizer.stop()
      await intake.close()
      await flushes.end()
      await clickhouse.close()
      await database.drop()
    },
  }
}
