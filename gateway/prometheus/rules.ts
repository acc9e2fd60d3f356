import type { Labels } from '../../schema/domain/labels.js'
import type { Monitor, MonitorStatus } from '../../schema/domain/monitor.js'
import { shownStatus } from '../../schema/domain/monitor-status.js'
import type { Comparison, ThresholdRule } from '../../schema/domain/rule.js'
import type { AlertInstance, MonitorStore } from '../../schema/ports/control-plane.js'
import { goNumber } from './result-json.js'

/** An alert as Prometheus shows it. */
export interface ShownAlert {
  readonly labels: Labels
  readonly annotations: Labels
  readonly state: 'pending' | 'firing'
  readonly activeAt: string
  readonly value: string
}

/** A threshold on a metric as an alerting rule of Prometheus. Durations in seconds. */
export interface ShownRule {
  readonly state: 'inactive' | 'pending' | 'firing'
  readonly name: string
  readonly query: string
  readonly duration: number
  readonly keepFiringFor: number
  readonly labels: Labels
  readonly annotations: Labels
  readonly alerts: readonly ShownAlert[]
  readonly health: 'ok' | 'err' | 'unknown'
  readonly lastError?: string
  readonly evaluationTime: number
  readonly lastEvaluation: string
  readonly type: 'alerting'
}

/** Rules that are judged at one pace. */
export interface ShownGroup {
  readonly name: string
  readonly file: string
  readonly rules: readonly ShownRule[]
  readonly interval: number
  readonly limit: number
  readonly evaluationTime: number
  readonly lastEvaluation: string
}

type MetricMonitor = Monitor & { readonly rule: ThresholdRule & { readonly measure: { readonly kind: 'metric' } } }

const PAGE = 100
/** Prometheus's word for a time that never was. */
const NEVER = '0001-01-01T00:00:00Z'

/** The org's thresholds on metrics as groups of rules, one group for each pace. */
export async function ruleGroups(monitors: MonitorStore): Promise<readonly ShownGroup[]> {
  const groups = new Map<number, ShownRule[]>()
  for await (const page of metricMonitors(monitors)) {
    const statuses = await monitors.statuses(page.map(({ id }) => id))
    for (const monitor of page) {
      const rule = await shownRule(monitors, monitor, statuses.get(monitor.id) ?? null)
      groups.set(monitor.everyMs, [...(groups.get(monitor.everyMs) ?? []), rule])
    }
  }
  return [...groups]
    .sort(([one], [other]) => one - other)
    .map(([everyMs, rules]) => ({
      name: `every ${everyMs / 1_000}s`,
      file: 'tocsin',
      rules,
      interval: everyMs / 1_000,
      limit: 0,
      evaluationTime: 0,
      lastEvaluation:
        rules
          .map(({ lastEvaluation }) => lastEvaluation)
          .sort()
          .at(-1) ?? NEVER,
    }))
}

async function* metricMonitors(monitors: MonitorStore): AsyncGenerator<readonly MetricMonitor[]> {
  for (let after: string | null = null; ; ) {
    const page = await monitors.list({ first: PAGE, after }, { kinds: ['threshold'] })
    yield page.items.map(({ value }) => value).filter(isMetricMonitor)
    after = page.items.at(-1)?.cursor ?? null
    if (!page.hasNextPage || after === null) return
  }
}

function isMetricMonitor(monitor: Monitor): monitor is MetricMonitor {
  return monitor.rule.kind === 'threshold' && monitor.rule.measure.kind === 'metric'
}

async function shownRule(
  monitors: MonitorStore,
  monitor: MetricMonitor,
  judged: MonitorStatus | null,
): Promise<ShownRule> {
  const status = shownStatus(monitor, judged)
  const alerts = status.state === 'FIRING' || status.state === 'PENDING' ? await alertsOf(monitors, monitor) : []
  const firing = alerts.some(({ state }) => state === 'firing')
  return {
    state: firing ? 'firing' : alerts.length > 0 ? 'pending' : 'inactive',
    name: monitor.name,
    query: queryOf(monitor.rule),
    duration: monitor.forMs / 1_000,
    keepFiringFor: monitor.keepFiringForMs / 1_000,
    labels: monitor.labels,
    annotations: annotationsOf(monitor),
    alerts,
    health: HEALTH[status.health],
    ...(status.lastError === null ? {} : { lastError: status.lastError }),
    evaluationTime: 0,
    lastEvaluation: status.lastEvaluatedAt === null ? NEVER : new Date(status.lastEvaluatedAt).toISOString(),
    type: 'alerting',
  }
}

const HEALTH = { HEALTHY: 'ok', ERROR: 'err', BLIND: 'err', BACKFILLING: 'unknown', PAUSED: 'unknown' } as const

async function alertsOf(monitors: MonitorStore, monitor: MetricMonitor): Promise<ShownAlert[]> {
  const alerts: ShownAlert[] = []
  for (let after: string | null = null; ; ) {
    const page = await monitors.instances({ monitorId: monitor.id }, { first: PAGE, after }, ['PENDING', 'FIRING'])
    alerts.push(...page.items.map(({ value }) => shownAlert(monitor, value)))
    after = page.items.at(-1)?.cursor ?? null
    if (!page.hasNextPage || after === null) return alerts
  }
}

function shownAlert(monitor: MetricMonitor, instance: AlertInstance): ShownAlert {
  const severity = instance.severity === null ? {} : { severity: instance.severity.toLowerCase() }
  return {
    labels: { ...severity, ...monitor.labels, ...instance.labels, alertname: monitor.name },
    annotations: annotationsOf(monitor),
    state: instance.state === 'FIRING' ? 'firing' : 'pending',
    activeAt: instance.activeAt === null ? NEVER : new Date(instance.activeAt).toISOString(),
    value: goNumber(instance.value ?? Number.NaN),
  }
}

function annotationsOf({ description, runbookUrl }: Monitor): Labels {
  return {
    ...(description === null ? {} : { description }),
    ...(runbookUrl === null ? {} : { runbook_url: runbookUrl }),
  }
}

const OPERATORS: Readonly<Record<Comparison, string>> = { GT: '>', GTE: '>=', LT: '<', LTE: '<=', EQ: '==', NEQ: '!=' }

/** The expression with the level at which the first alert begins. */
function queryOf({ measure, comparison, warning, critical }: MetricMonitor['rule']): string {
  return `(${measure.promql}) ${OPERATORS[comparison]} ${goNumber(warning ?? critical ?? Number.NaN)}`
}
