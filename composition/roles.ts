import type { Config } from '../config.js'
import { createIdentify } from '../evaluator/identify.js'
import { createEvaluator } from '../evaluator/index.js'
import { createGateway } from '../gateway/server.js'
import { createIngestEdge } from '../ingest/edge/index.js'
import {
  createLogSink,
  createMetricSink,
  createNormalizer,
  createRumSink,
  createSpanSink,
} from '../ingest/normalizer/index.js'
import { createScrubber } from '../ingest/scrub/index.js'
import { createNotifier, type Notifier } from '../notifier/index.js'
import { newId } from '../schema/domain/ids.js'
import type { Log } from '../schema/ports.js'
import type { Databases } from './databases.js'
import { edgeLimits } from './edge-limits.js'
import { startHousekeeping } from './housekeeping.js'
import { listenFor } from './listen.js'
import { startMetricUpkeep } from './metric-upkeep.js'
import { createSelfMetrics, type SelfMetrics } from './metrics.js'
import type { Parts } from './parts.js'
import type { Stops } from './stops.js'

export const ROLES = ['gateway', 'ingest', 'evaluator', 'notifier'] as const
export type Role = (typeof ROLES)[number]

/** Where the roles that listen can be reached; null where they do not run. */
export interface Listening {
  readonly gatewayUrl: string | null
  readonly ingestUrl: string | null
}

/**
 * Starts the roles, those that take from the outside last: what they bring in finds the others at work. Each is handed to
 * `stops`, so they stop in reverse.
 */
export async function startRoles(
  roles: ReadonlySet<Role>,
  config: Config,
  databases: Databases,
  parts: Parts,
  log: Log,
  stops: Stops,
): Promise<Listening> {
  const metrics = createSelfMetrics({ intake: parts.intake(), clock: parts.clock, log }, stops)
  const notifier = roles.has('notifier') || roles.has('gateway') ? makeNotifier(config, parts, log) : null
  if (notifier !== null && roles.has('notifier')) {
    await notifier.start()
    metrics.notifier = notifier
    stops.add('notifier', () => notifier.stop())
  }
  if (roles.has('evaluator')) await startEvaluator(config, parts, metrics, log, stops)
  if (roles.has('ingest')) {
    const upkeep = { metrics: parts.metricUpkeepPool(), engine: parts.controlPool(), flushes: parts.flushes() }
    startMetricUpkeep({ ...upkeep, terms: await parts.storageTerms(), clock: parts.clock, log }, stops)
  }
  if (roles.has('ingest')) await startNormalizer(databases, parts, metrics, log, stops)
  startHousekeeping({ intake: parts.intake(), flushes: parts.flushes(), log }, stops)
  const ingestUrl = roles.has('ingest') ? await startEdge(config, parts, metrics, log, stops) : null
  const gatewayUrl =
    notifier !== null && roles.has('gateway')
      ? await startGateway(config, databases, parts, notifier, metrics, log, stops)
      : null
  return { gatewayUrl, ingestUrl }
}

function makeNotifier(config: Config, parts: Parts, log: Log): Notifier {
  return createNotifier({
    store: parts.notificationStore(),
    alone: parts.alone,
    jobs: parts.jobs(),
    fanOut: parts.fanOut(),
    clock: parts.clock,
    random: parts.random,
    log: log.child({ role: 'notifier' }),
    mail: { smtpUrl: config.TOCSIN_SMTP_URL ?? null, from: config.TOCSIN_MAIL_FROM },
    slackApiUrl: config.TOCSIN_SLACK_API_URL,
    webhookAllow: config.TOCSIN_WEBHOOK_ALLOW,
    publicUrl: config.TOCSIN_PUBLIC_URL ?? null,
  })
}

async function startEvaluator(
  config: Config,
  parts: Parts,
  metrics: SelfMetrics,
  log: Log,
  stops: Stops,
): Promise<void> {
  const evaluator = createEvaluator({
    store: parts.evaluationStore(),
    flushes: parts.flushes(),
    slices: parts.sliceSource(),
    evaluateMetric: parts.evaluateMetric(),
    identify: createIdentify(),
    ids: {
      instance: () => newId('alertInstance', parts.clock.now(), parts.random.bytes(10)),
      incident: () => newId('incident', parts.clock.now(), parts.random.bytes(10)),
    },
    settings: {
      graceMs: config.TOCSIN_GRACE,
      replayBoundMs: config.TOCSIN_REPLAY_BOUND,
      blindAfterMs: config.TOCSIN_BLIND_AFTER,
      blindIncidentAfterMs: config.TOCSIN_BLIND_INCIDENT_AFTER,
    },
    name: parts.processName,
    alone: parts.alone,
    watermarks: () => parts.intake().watermarks(),
    fanOut: parts.fanOut(),
    log: log.child({ role: 'evaluator' }),
  })
  await evaluator.start()
  metrics.evaluator = evaluator
  stops.add('evaluator', () => evaluator.stop())
}

async function startNormalizer(
  databases: Databases,
  parts: Parts,
  metrics: SelfMetrics,
  log: Log,
  stops: Stops,
): Promise<void> {
  const terms = await parts.storageTerms()
  const normalizer = createNormalizer({
    intake: metrics.flushMeter.intake(parts.intake()),
    flushes: parts.flushes(),
    sinks: metrics.flushMeter.sinks({
      logs: createLogSink(parts.parsePool(), parts.logWriter(), terms),
      metrics: createMetricSink(parts.parsePool(), parts.metricWriter(), terms),
      spans: createSpanSink(parts.parsePool(), parts.spanWriter(), terms),
      rum: createRumSink(parts.parsePool(), parts.rumWriter(), terms),
    }),
    name: parts.processName,
    alone: databases.alone,
    log: log.child({ role: 'normalizer' }),
  })
  await normalizer.start()
  metrics.normalizer = normalizer
  stops.add('normalizer', () => normalizer.stop())
}

async function startEdge(config: Config, parts: Parts, metrics: SelfMetrics, log: Log, stops: Stops): Promise<string> {
  const edge = createIngestEdge({
    host: config.TOCSIN_INGEST_HOST,
    port: config.TOCSIN_INGEST_PORT,
    intake: parts.intake(),
    credentials: await parts.credentials(),
    limiter: parts.limiter(),
    reader: parts.bodyReader(),
    clock: parts.clock,
    random: parts.random,
    log: log.child({ role: 'ingest' }),
    limits: edgeLimits(config),
    trustedProxies: config.TOCSIN_TRUSTED_PROXIES,
    moreMetrics: metrics.shared,
  })
  metrics.edge = edge
  const address = { host: config.TOCSIN_INGEST_HOST, port: config.TOCSIN_INGEST_PORT }
  const url = await listenFor('INGEST', address, () => edge.listen())
  stops.add('ingest edge', () => edge.close())
  return url
}

async function startGateway(
  config: Config,
  databases: Databases,
  parts: Parts,
  notifier: Notifier,
  metrics: SelfMetrics,
  log: Log,
  stops: Stops,
): Promise<string> {
  const listen = { host: config.TOCSIN_GATEWAY_HOST, port: config.TOCSIN_GATEWAY_PORT }
  const gateway = await createGateway({
    listen,
    trustedProxies: config.TOCSIN_TRUSTED_PROXIES,
    masterKey: databases.masterKey,
    introspection: 'signed in',
    stores: parts.controlPlane(),
    logs: { forOrg: parts.logReader },
    logTail: { forOrg: parts.logTailReader },
    flushes: parts.flushes(),
    logSeries: { forOrg: parts.logSeriesReader },
    rum: { forOrg: parts.rumReader },
    traces: { forOrg: parts.traceReader },
    metrics: { forOrg: parts.metricReader },
    series: { forOrg: parts.seriesCatalog },
    evaluation: parts.evaluationPool(),
    queryBounds: parts.queryBounds(),
    rollups: parts.rollupAnswers(),
    ...(config.TOCSIN_QUERY_CACHE_BYTES > 0 && { answers: parts.answers() }),
    limiter: parts.sureLimiter(),
    fanOut: parts.fanOut(),
    clock: parts.clock,
    random: parts.random,
    log: log.child({ role: 'gateway' }),
    testChannel: async (orgId, channelId) =>
      (await notifier.testChannel(orgId, channelId)) ?? { delivered: false, detail: 'There is no such channel.' },
    standards: parts.standards,
    scrubberOf: (orgId, policy) => createScrubber(orgId, parts.hashKey, policy),
    urlFault: (url) => notifier.urlFault(url),
    ready: parts.readinessChecks,
    moreMetrics: metrics.all,
  })
  const url = await listenFor('GATEWAY', listen, () => gateway.listen())
  stops.add('gateway', () => gateway.close())
  return url
}
