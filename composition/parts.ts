import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Pool } from 'pg'
import type { Config } from '../config.js'
import { createEvaluateMetric } from '../evaluator/metric.js'
import { createAnswerMemory, createEvaluationPool, createRollupAnswers } from '../gateway/index.js'
import { createBodyReader } from '../ingest/edge/index.js'
import { createParsePool } from '../ingest/parse/index.js'
import { packageRoot } from '../package-root.js'
import { createPrisma } from '../prisma/client.js'
import { createNotificationStore } from '../prisma/notifications/index.js'
import { createSealer } from '../prisma/sealing.js'
import { createControlPlane } from '../prisma/stores/control-plane.js'
import { createIngestCredentials } from '../prisma/stores/ingest-credentials.js'
import { createOrgQueryBounds } from '../prisma/stores/query-bounds.js'
import { createStorageTerms } from '../prisma/stores/storage-terms.js'
import { createFallbackLimiter } from '../queue/fallback-limiter.js'
import { createJobs } from '../queue/jobs.js'
import { createMemoryFanOut } from '../queue/memory/fan-out.js'
import { createMemoryLimiter } from '../queue/memory/limiter.js'
import { createPostgresFanOut } from '../queue/postgres/fan-out.js'
import { createPostgresFlushManifests } from '../queue/postgres/flush-manifests.js'
import { createPostgresIntake } from '../queue/postgres/intake.js'
import { createPool } from '../queue/postgres/pool.js'
import type { Log, Random } from '../schema/ports.js'
import { createEvaluationStore } from '../sql/evaluation/index.js'
import { createLogReader } from '../sql/log-reader.js'
import { createLogSeriesReader } from '../sql/log-series.js'
import { createLogTailReader } from '../sql/log-tail.js'
import { createLogWriter } from '../sql/log-writer.js'
import { createMetricReader } from '../sql/metric-reader.js'
import { createRollupReader } from '../sql/metric-rollup-reader.js'
import { createMetricWriter } from '../sql/metric-store.js'
import { createRumReader } from '../sql/rum/reader.js'
import { createRumWriter } from '../sql/rum-writer.js'
import { createSeriesCatalog } from '../sql/series-catalog.js'
import { createSliceSource } from '../sql/slice-source.js'
import { createSpanWriter } from '../sql/span-writer.js'
import { createTraceReader } from '../sql/trace-reader.js'
import { walledFor } from '../sql/walled.js'
import type { Databases } from './databases.js'
import { readEnrichment, telemetryHashKey } from './enrichment.js'
import { orgStandards } from './org-standards.js'
import { standardQueryBounds } from './query-bounds.js'
import { redisParts } from './redis-parts.js'
import type { Stops } from './stops.js'

/** Adapters that several roles share, each made when it is first asked for. */
export type Parts = ReturnType<typeof createParts>

/** How long a statement of the control plane may take, ms. */
const STATEMENT_TIMEOUT_MS = 30_000
/** The same for a query of a person, which is broken off by its own bound before. */
const QUERY_TIMEOUT_MS = 600_000
/** The same for work in the background, such as an hour of rollups after a long pause. */
const UPKEEP_TIMEOUT_MS = 600_000

const random: Random = { bytes: (length) => Uint8Array.from(randomBytes(length)) }

/** Makes adapters over the databases. What holds connections is handed to `stops`. */
export function createParts(config: Config, databases: Databases, log: Log, stops: Stops) {
  const { controlUrl, metricsUrl, clickhouse, alone, ca } = databases
  const clock = { now: () => Date.now() }
  const sealer = createSealer(databases.masterKey)
  const redisUrl = config.REDIS_URL
  const onRedis = redisUrl === undefined ? null : redisParts({ url: redisUrl, ca, controlUrl, log, stops })

  function pool(name: string, connectionString: string, max: number, statementTimeoutMs = STATEMENT_TIMEOUT_MS): Pool {
    const made = createPool({ connectionString, name, max, statementTimeoutMs }, log)
    stops.add(`connections for ${name}`, () => made.end())
    return made
  }

  const fanOut = once(() => {
    const made =
      onRedis?.fanOut() ??
      (alone ? createMemoryFanOut({ log }) : createPostgresFanOut({ connectionString: controlUrl, log }))
    stops.add('fan-out', () => made.close())
    return made
  })
  const intake = once(() => {
    const deps = { seal: (bytes: Uint8Array, aad: string) => sealer.seal(bytes, aad), log, fanOut: fanOut() }
    const made = onRedis?.intake(deps) ?? createPostgresIntake({ connectionString: controlUrl, ...deps })
    stops.add('intake', () => made.close())
    return made
  })
  const flushes = once(() => {
    const made = createPostgresFlushManifests({ connectionString: controlUrl, log })
    stops.add('flush manifests', () => made.end())
    return made
  })
  const limiter = once(() => {
    const made = onRedis?.limiter() ?? createMemoryLimiter({ clock })
    stops.add('limiter', () => made.close())
    return made
  })
  /** For callers that cannot bear a limiter whose store is away. */
  const sureLimiter = once(() => {
    if (onRedis === null) return limiter()
    return createFallbackLimiter({ first: limiter(), second: createMemoryLimiter({ clock }), log })
  })
  const jobs = once(() => {
    const made = createJobs({ ...(redisUrl === undefined ? { connectionString: controlUrl } : { redisUrl, ca }), log })
    stops.add('jobs', () => made.close())
    return made
  })
  const controlPool = once(() => pool('control plane', controlUrl, 10))
  const database = once(() => {
    const made = createPrisma(controlPool())
    stops.add('Prisma', () => made.$disconnect())
    return made
  })
  /** The one way by which people's questions reach ClickHouse. */
  const walled = (orgId: string) => walledFor(clickhouse.reader, orgId)
  const metricReads = once(() => pool('metric reads', metricsUrl, 4))
  // People's own, so that what they ask delays no tick.
  const metricQueries = once(() => pool('metric queries', metricsUrl, 4, QUERY_TIMEOUT_MS))

  const storageTerms = once(async () => {
    const standard = orgStandards(config).retention
    const made = await createStorageTerms({ pool: controlPool(), fanOut: fanOut(), standard, clock, log })
    stops.add('what orgs have set', () => made.close())
    return made
  })

  return {
    clock,
    random,
    sealer,
    alone,
    /** Names this process in claims, manifests and leases; no other process has had it. */
    processName: `${hostname()}-${process.pid}-${randomBytes(6).toString('hex')}`,
    fanOut,
    intake,
    flushes,
    limiter,
    sureLimiter,
    jobs,
    database,
    controlPool,
    controlPlane: once(() => createControlPlane({ database: database(), pool: controlPool(), sealer })),
    credentials: once(async () => {
      const made = await createIngestCredentials({ pool: controlPool(), sealer, fanOut: fanOut(), clock, log })
      stops.add('ingest credentials', () => made.close())
      return made
    }),
    bodyReader: () => {
      const file = join(packageRoot(), 'dist', 'ingest', 'edge', 'reading', 'worker.js')
      return createBodyReader({ workers: config.TOCSIN_INGEST_WORKERS, file, log })
    },
    hashKey: telemetryHashKey(databases.masterKey),
    parsePool: once(() => {
      const file = join(packageRoot(), 'dist', 'ingest', 'parse', 'worker.js')
      const enrich = readEnrichment(config, databases.masterKey)
      const made = createParsePool({ workers: config.TOCSIN_NORMALIZER_WORKERS, file, log, enrich })
      stops.add('parse workers', () => made.close())
      return made
    }),
    logWriter: () => createLogWriter(clickhouse.writer),
    spanWriter: () => createSpanWriter(clickhouse.writer),
    rumWriter: () => createRumWriter(clickhouse.writer),
    metricUpkeepPool: once(() => pool('metric upkeep', metricsUrl, 3, UPKEEP_TIMEOUT_MS)),
    standards: orgStandards(config),
    storageTerms,
    metricWriter: () => createMetricWriter(pool('metric writes', metricsUrl, 4)),
    logReader: (orgId: string) => createLogReader(walled(orgId), orgId),
    logTailReader: (orgId: string) => createLogTailReader(walled(orgId), orgId),
    logSeriesReader: (orgId: string) => createLogSeriesReader(walled(orgId), orgId),
    traceReader: (orgId: string) => createTraceReader(walled(orgId), orgId),
    rumReader: (orgId: string) => createRumReader(walled(orgId), orgId),
    metricReader: (orgId: string) => createMetricReader(metricQueries(), orgId),
    seriesCatalog: (orgId: string) => createSeriesCatalog(metricQueries(), orgId),
    queryBounds: once(() =>
      createOrgQueryBounds({ pool: controlPool(), clock, standard: standardQueryBounds(config) }),
    ),
    rollupAnswers: once(() =>
      createRollupAnswers({
        rollups: { forOrg: (orgId) => createRollupReader(metricQueries(), orgId) },
        flushes: flushes(),
        retention: async () => (await storageTerms()).retention(),
        clock,
      }),
    ),
    answers: once(() =>
      createAnswerMemory({
        maxBytes: config.TOCSIN_QUERY_CACHE_BYTES,
        flushes: flushes(),
        watermarks: () => intake().watermarks(),
        graceMs: config.TOCSIN_GRACE,
        clock,
      }),
    ),
    evaluationPool: once(() => {
      const file = join(packageRoot(), 'dist', 'gateway', 'promql', 'worker.js')
      const made = createEvaluationPool({ workers: config.TOCSIN_QUERY_WORKERS, file, log })
      stops.add('query workers', () => made.close())
      return made
    }),
    sliceSource: () => createSliceSource(clickhouse.evaluator),
    evaluationStore: () => createEvaluationStore(pool('evaluation', controlUrl, 4), random),
    evaluateMetric: () => createEvaluateMetric((orgId) => createMetricReader(metricReads(), orgId)),
    notificationStore: () => createNotificationStore({ pool: pool('notifications', controlUrl, 6), sealer }),
    readinessChecks: {
      postgres: () => controlPool().query('SELECT 1'),
      clickhouse: () => clickhouse.reader.ping(),
      ...(onRedis === null ? {} : { redis: () => intake().pressure() }),
    },
  }
}

/** Makes something the first time it is asked for, and hands out the same after. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
