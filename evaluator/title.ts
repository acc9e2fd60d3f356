import type { Labels } from '../schema/domain/labels.js'
import type { Monitor } from '../schema/domain/monitor.js'

const PLACEHOLDER = /\{\{\s*(value|labels\.[a-zA-Z_][a-zA-Z0-9_.]*)\s*\}\}/g

/**
 * The title of an incident: the monitor's title (or its name), with `{{value}}` and `{{labels.NAME}}` filled in; a
 * label that is not there leaves nothing. A plain name is followed by the labels of the group, so that two groups of a
 * monitor can be told apart.
 */
export function incidentTitle(monitor: Monitor, group: Labels, value: number | null): string {
  if (monitor.title === null) {
    const named = Object.entries(group).map(([name, label]) => `${name}=${label}`)
    return named.length === 0 ? monitor.name : `${monitor.name} (${named.join(', ')})`
  }
  const labels = { ...monitor.labels, ...group }
  return monitor.title.replaceAll(PLACEHOLDER, (_, name: string) =>
    name === 'value'
      ? value === null
        ? 'no value'
        : shortNumber(value)
      : (labels[name.slice('labels.'.length)] ?? ''),
  )
}

/** A number for people: at most four significant digits, no exponent where it can be helped. */
function shortNumber(value: number): string {
  return Number.isFinite(value)
    ? Number(value.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 6 })
    : String(value)
}
