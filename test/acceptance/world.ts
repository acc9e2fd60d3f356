import { randomBytes, randomUUID } from 'node:crypto'
import type { EmbeddedClickHouse } from '../../embedded/chdb.js'
import { createIdentify } from '../../evaluator/identify.js'
import { createEvaluator, type Evaluator } from '../../evaluator/index.js'
import type { EvaluateMetric } from '../../evaluator/tick.js'
import { createLogSink } from '../../ingest/normalizer/index.js'
import { createParsePool } from '../../ingest/parse/index.js'
import { createPostgresFlushManifests, type PostgresFlushManifests } from '../../queue/postgres/flush-manifests.js'
import type { LowWatermark } from '../../schema/domain/horizon.js'
import { newId } from '../../schema/domain/ids.js'
import { packBody } from '../../schema/ports/packed-body.js'
import type { Log, SliceSource } from '../../schema/ports.js'
import { createEvaluationStore } from '../../sql/evaluation/index.js'
import { createLogWriter } from '../../sql/log-writer.js'
import { createSliceSource } from '../../sql/slice-source.js'
import { createTestDatabase, openTestClickHouse, type TestDatabase } from '../harness/stores.js'

/** The beginning of scripted time, Unix ms: midnight of today, since what is older than its retention is dropped. */
export const T0 = Math.floor(Date.now() / 86_400_000) * 86_400_000

export const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent }

/** Errors are faults of the test or the code: they are shown. */
const loud: Log = { ...silent, error: (fields, message) => console.error(message, fields), child: () => loud }

/** One log of a script: seconds after T0, level, service. */
export interface ScriptedLog {
  readonly s: number
  readonly level?: string
  readonly service?: string
  readonly message?: string
  readonly attributes?: Record<string, unknown>
}

/** Evaluation over real stores in scripted time: the test says what is stored, what is complete, and what time it is. */
export interface World {
  readonly database: TestDatabase
  readonly flushes: PostgresFlushManifests
  readonly evaluator: Evaluator
  readonly orgId: string
  /** The store that slices are computed from; a test can make it fail. */
  source: SliceSource
  /** Batches accepted and not stored. */
  oldest: LowWatermark[]
  /** Stores logs as one batch that was accepted at a second. */
  store(acceptedS: number, logs: readonly ScriptedLog[]): Promise<bigint>
  /** Evaluates as of a second after T0. */
  at(second: number, evaluator?: Evaluator): Promise<void>
  /** Evaluates every second from one to another, both included. */
  run(from: number, until: number): Promise<void>
  monitor(rule: unknown, overrides?: Record<string, unknown>): Promise<string>
  rows<T>(sql: string, values?: unknown[]): Promise<T[]>
  another(name: string): Evaluator
  close(): Promise<void>
}

export async function createWorld(options: { evaluateMetric?: EvaluateMetric } = {}): Promise<World> {
  const database = await createTestDatabase()
  const clickhouse: EmbeddedClickHouse = await openTestClickHouse()
  const flushes = createPostgresFlushManifests({ connectionString: database.url, log: silent })
  const sink = createLogSink(createParsePool({ workers: 0, file: '', log: silent }), createLogWriter(clickhouse.writer))
  const random = { bytes: (length: number) => Uint8Array.from(randomBytes(length)) }
  const orgId = newId('org', T0, random.bytes(10))
  await database.pool.query('INSERT INTO org (id, slug, name) VALUES ($1, $1, $1)', [orgId])
  let now = T0

  function makeEvaluator(name: string): Evaluator {
    return createEvaluator({
      store: createEvaluationStore(database.pool, random),
      flushes,
      slices: { compute: (...args) => world.source.compute(...args) },
      evaluateMetric: options.evaluateMetric ?? (async () => []),
      identify: createIdentify(),
      ids: {
        instance: () => newId('alertInstance', now, random.bytes(10)),
        incident: () => newId('incident', now, random.bytes(10)),
      },
      settings: { graceMs: 3_000, replayBoundMs: 3_600_000, blindAfterMs: 30_000, blindIncidentAfterMs: 60_000 },
      name,
      alone: false,
      watermarks: async () => ({ now, oldest: world.oldest }),
      fanOut: { publish: async () => {}, subscribe: async () => async () => {} },
      log: loud,
    })
  }

  const world: World = {
    database,
    flushes,
    evaluator: makeEvaluator('first'),
    orgId,
    source: createSliceSource(clickhouse.evaluator),
    oldest: [],
    async store(acceptedS, logs) {
      const body = {
        logs: logs.map(({ s, ...log }) => ({ timestamp: T0 + s * 1000, message: 'm', service: 'api', ...log })),
      }
      const batch = {
        batchId: randomUUID(),
        orgId,
        keyId: 'key_test',
        signal: 'logs' as const,
        protocol: 'native-json' as const,
        items: logs.length,
        acceptedAt: T0 + acceptedS * 1000,
        body: packBody(Buffer.from(JSON.stringify(body))),
        deliveries: 1,
      }
      const prepared = await sink.prepare([batch])
      const flushId = await flushes.open({
        signal: 'logs',
        owner: 'test',
        leaseMs: 60_000,
        batchIds: [batch.batchId],
        lines: prepared.lines,
        terms: prepared.terms,
      })
      await prepared.store(flushId)
      await flushes.close(flushId)
      return flushId
    },
    async at(second, evaluator = world.evaluator) {
      now = T0 + second * 1000
      await evaluator.pass()
    },
    async run(from, until) {
      for (let second = from; second <= until; second++) await world.at(second)
    },
    async monitor(rule, overrides = {}) {
      const id = newId('monitor', T0, random.bytes(10))
      const row: Record<string, unknown> = {
        id,
        org_id: orgId,
        key: id.replace('_', '-'),
        name: 'Errors',
        kind: 'threshold',
        rule,
        every_ms: 10_000,
        for_ms: 0,
        keep_firing_for_ms: 0,
        missing_data: 'KEEP_STATE',
        labels: {},
        notify: [],
        created_at: new Date(T0 - 1_000),
        ...overrides,
      }
      const names = Object.keys(row)
      await database.pool.query(
        `INSERT INTO monitor (${names.join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
        Object.values(row),
      )
      world.evaluator.wake(orgId)
      return id
    },
    async rows<T>(sql: string, values: unknown[] = []) {
      return (await database.pool.query(sql, values)).rows as T[]
    },
    another: makeEvaluator,
    async close() {
      await world.evaluator.stop()
      await flushes.end()
      await clickhouse.close()
      await database.drop()
    },
  }
  return world
}
