import {
  type AlertState,
  INITIAL_STATE,
  type InstanceState,
  type StepResult,
  type StepRule,
  step,
} from '../schema/domain/alert.js'
import { canonicalLabels, type Labels } from '../schema/domain/labels.js'
import type { Monitor } from '../schema/domain/monitor.js'
import type { IncidentChange, StoredInstance, TickTransition } from '../schema/ports.js'
import type { InstanceSample } from './samples.js'
import { incidentTitle } from './title.js'

/** A monitor judges at most this many instances at a tick; past it, those that exist and then the first by label stay. */
export const MAX_INSTANCES = 1_000

/** What judging one monitor at one tick decided. Pure data; the tick's transaction writes it. */
export interface Judgement {
  readonly upserts: readonly StoredInstance[]
  readonly deletes: readonly string[]
  readonly transitions: readonly TickTransition[]
  readonly incidents: readonly IncidentChange[]
  readonly state: AlertState
  /** How many instances there were, when not all were judged; else null. */
  readonly of: number | null
}

/** Why instances begin anew at this tick; null when they go on. */
export type Restart = 'edited' | 'restarted' | null

/** Ids for what a judgement makes. */
export interface JudgeIds {
  instance(): string
  incident(): string
}

/** What `step` needs of a monitor. */
export function stepRuleOf(monitor: Monitor): StepRule {
  const { rule } = monitor
  return {
    levels: { comparison: rule.comparison, critical: rule.critical, warning: rule.warning, recovery: rule.recovery },
    forMs: monitor.forMs,
    keepFiringForMs: monitor.keepFiringForMs,
    missingData: monitor.missingData,
  }
}

/**
 * Judges a monitor at a grid time: every sample goes through `step`, and what changed becomes transitions, incident
 * changes and instances to write. One episode of one instance is one incident.
 */
export function judge(
  monitor: Monitor,
  existing: readonly StoredInstance[],
  samples: readonly InstanceSample[],
  now: number,
  restart: Restart,
  ids: JudgeIds,
): Judgement {
  const byLabels = new Map(existing.map((instance) => [canonicalLabels(instance.labels), instance]))
  const kept = cap(samples, byLabels)
  const rule = stepRuleOf(monitor)
  const upserts: StoredInstance[] = []
  const deletes: string[] = []
  const transitions: TickTransition[] = []
  const incidents: IncidentChange[] = []
  const states: AlertState[] = []
  for (const { labels, sample } of kept) {
    const stored = byLabels.get(canonicalLabels(labels))
    const before = stored?.state ?? INITIAL_STATE
    const { next, transition } = stepFrom(rule, before, sample, now, restart)
    states.push(next.state)
    const incident = incidentChange(monitor, labels, before, next, stored?.incidentId ?? null, ids)
    if (transition !== null) transitions.push({ ...transition, monitorId: monitor.id, labels, value: next.value })
    if (incident !== null) incidents.push(incident)
    const incidentId = next.state === 'FIRING' ? (incident?.incidentId ?? stored?.incidentId ?? null) : null
    if (isForgotten(next, labels, sample.kind)) {
      if (stored !== undefined) deletes.push(stored.id)
    } else if (stored === undefined || !sameState(stored.state, next)) {
      upserts.push({ id: stored?.id ?? ids.instance(), monitorId: monitor.id, labels, state: next, incidentId })
    }
  }
  return {
    upserts,
    deletes,
    transitions,
    incidents,
    state: worst(states),
    of: kept.length < samples.length ? samples.length : null,
  }
}

/**
 * A step, after a restart too. Edited instances are judged from the beginning, and an episode that would fire at once
 * goes on rather than ending and beginning again. After a gap past the replay bound pending clocks begin anew.
 */
function stepFrom(
  rule: StepRule,
  before: InstanceState,
  sample: InstanceSample['sample'],
  now: number,
  restart: Restart,
): StepResult {
  if (restart === 'edited') {
    const { next } = step(rule, INITIAL_STATE, sample, now)
    if (next.state === 'FIRING' && before.state === 'FIRING')
      return step(rule, { ...before, activeAt: now }, sample, now)
    if (next.state === before.state) return { next, transition: null }
    return {
      next,
      transition: {
        from: before.state,
        to: next.state,
        fromSeverity: before.severity,
        toSeverity: next.severity,
        reason: 'edited',
      },
    }
  }
  const resumed: InstanceState =
    restart === 'restarted' && before.state === 'PENDING' ? { ...before, activeAt: now, reason: 'restarted' } : before
  return step(rule, resumed, sample, now)
}

function incidentChange(
  monitor: Monitor,
  group: Labels,
  before: InstanceState,
  next: InstanceState,
  openId: string | null,
  ids: JudgeIds,
): IncidentChange | null {
  const kind =
    next.state === 'FIRING'
      ? before.state !== 'FIRING' || openId === null
        ? 'firing'
        : before.severity !== next.severity
          ? 'severity'
          : null
      : before.state === 'FIRING' && openId !== null
        ? 'resolved'
        : null
  if (kind === null) return null
  return {
    kind,
    incidentId: kind === 'firing' ? ids.incident() : (openId ?? ids.incident()),
    monitorId: monitor.id,
    openKey: openKeyOf(monitor.id, group),
    labels: { ...monitor.labels, ...group },
    title: incidentTitle(monitor, group, next.value),
    unit: monitor.rule.kind === 'errorRatio' ? 'ratio' : 'number',
    severity: (kind === 'resolved' ? before.severity : next.severity) ?? 'CRITICAL',
    value: next.value,
    reason: next.reason,
  }
}

/** The key under which at most one incident of a monitor and group is open. */
export function openKeyOf(monitorId: string, group: Labels): string {
  return `${monitorId}:${canonicalLabels(group)}`
}

/** Ends every instance of a monitor that is paused or deleted; what fires is resolved, so that those who heard hear. */
export function retire(
  monitor: Pick<Monitor, 'id' | 'labels'>,
  existing: readonly StoredInstance[],
  reason: 'paused' | 'deleted',
): Pick<Judgement, 'deletes' | 'transitions' | 'incidents'> {
  const firing = existing.filter(({ state }) => state.state !== 'OK')
  return {
    deletes: existing.map(({ id }) => id),
    transitions: firing.map(({ labels, state }) => ({
      monitorId: monitor.id,
      labels,
      from: state.state,
      to: 'OK',
      fromSeverity: state.severity,
      toSeverity: null,
      reason,
      value: state.value,
    })),
    incidents: firing.flatMap(({ labels, state, incidentId }) =>
      incidentId === null
        ? []
        : [
            {
              kind: 'resolved' as const,
              incidentId,
              monitorId: monitor.id,
              openKey: openKeyOf(monitor.id, labels),
              labels: { ...monitor.labels, ...labels },
              title: '',
              severity: state.severity ?? ('CRITICAL' as const),
              value: state.value,
              reason,
            },
          ],
    ),
  }
}

/** The worst of some states: what a monitor as a whole is in. */
export function worst(states: readonly AlertState[]): AlertState {
  for (const state of ['FIRING', 'NO_DATA', 'PENDING'] as const) if (states.includes(state)) return state
  return 'OK'
}

/** A grouped instance that is calm and no longer in the data is forgotten; nobody was told of it. */
function isForgotten(state: InstanceState, labels: Labels, sample: 'value' | 'missing'): boolean {
  const grouped = Object.keys(labels).length > 0
  return grouped && state.state === 'OK' && (sample === 'missing' ? state.missing >= 3 : state.value === 0)
}

function sameState(a: InstanceState, b: InstanceState): boolean {
  return (Object.keys(a) as (keyof InstanceState)[]).every((name) => Object.is(a[name], b[name]))
}

function cap(
  samples: readonly InstanceSample[],
  known: ReadonlyMap<string, StoredInstance>,
): readonly InstanceSample[] {
  if (samples.length <= MAX_INSTANCES) return samples
  const rank = (sample: InstanceSample) => (known.has(canonicalLabels(sample.labels)) ? 0 : 1)
  const keyed = samples.map((sample) => ({ sample, rank: rank(sample), text: canonicalLabels(sample.labels) }))
  keyed.sort((a, b) => a.rank - b.rank || (a.text < b.text ? -1 : 1))
  return keyed.slice(0, MAX_INSTANCES).map(({ sample }) => sample)
}
