import { createHash } from 'node:crypto'
import { formatDuration } from '../schema/domain/duration.js'
import { canonicalLabels, labelsToList } from '../schema/domain/labels.js'
import type { Monitor } from '../schema/domain/monitor.js'
import type { MonitorDraft } from '../schema/domain/monitor-draft.js'
import type { AlertInstance, IncidentRecord, Transition } from '../schema/ports/control-plane.js'

/*
 * What GraphQL shows of the domain's objects where names or forms differ: durations as text, labels as lists. Fields
 * that resolvers add (states, connections) work on what is returned here.
 */

export function shownMonitor(monitor: Monitor) {
  return {
    ...monitor,
    kind: monitor.rule.kind,
    rule: monitor.ruleInput,
    every: formatDuration(monitor.everyMs),
    for: formatDuration(monitor.forMs),
    keepFiringFor: formatDuration(monitor.keepFiringForMs),
    labels: labelsToList(monitor.labels),
  }
}
export type ShownMonitor = ReturnType<typeof shownMonitor>

/** What a draft would be, were it written: for `validateOnly`. */
export function shownDraft(draft: MonitorDraft, current: Monitor | null, orgId: string, now: number): ShownMonitor {
  const unwritten = { id: '', orgId, version: 0, generation: 0, createdAt: now, updatedAt: now }
  return shownMonitor({ ...unwritten, ...current, ...draft })
}

export function shownInstance(instance: AlertInstance) {
  const fingerprint = createHash('sha256').update(canonicalLabels(instance.labels)).digest('hex').slice(0, 16)
  return { ...instance, labels: labelsToList(instance.labels), fingerprint }
}
export type ShownInstance = ReturnType<typeof shownInstance>

export function shownTransition(transition: Transition) {
  return { ...transition, labels: labelsToList(transition.labels) }
}

export function shownIncident(incident: IncidentRecord) {
  return { ...incident, labels: labelsToList(incident.labels) }
}
export type ShownIncident = ReturnType<typeof shownIncident>
