import type { Labels } from '../schema/domain/labels.js'
import type { Monitor } from '../schema/domain/monitor.js'
import { fillTemplate } from '../schema/domain/template.js'

/**
 * The title of an incident: the monitor's title with its placeholders filled in, or its name followed by the labels of
 * the group, so that two groups of a monitor can be told apart.
 */
export function incidentTitle(monitor: Monitor, group: Labels, value: number | null): string {
  const unit = monitor.rule.kind === 'errorRatio' ? 'ratio' : 'number'
  if (monitor.title !== null) return fillTemplate(monitor.title, { ...monitor.labels, ...group }, value, unit)
  const named = Object.entries(group).map(([name, label]) => `${name}=${label}`)
  return named.length === 0 ? monitor.name : `${monitor.name} (${named.join(', ')})`
}
