import type { Labels } from '../../schema/domain/labels.js'
import type { Issues } from '../parse/issues.js'
import { wellFormedText } from '../parse/native-samples.js'
import type { Attributes } from '../parse/span-item.js'
import { OTLP_LIMITS } from './limits.js'

/**
 * A metric's name as Prometheus writes it: what is no letter, digit, underscore or colon becomes an underscore, a leading
 * digit gets one before it. Units are not appended.
 */
export function metricName(name: string, path: string, issues: Issues): string {
  if (name === '') issues.add(path, 'expected the name of the metric, found none.')
  else if (name.length > OTLP_LIMITS.metricNameLength)
    issues.add(path, `expected at most ${OTLP_LIMITS.metricNameLength} characters, found ${name.length}.`)
  const written = name.replace(/[^a-zA-Z0-9_:]+/g, '_')
  return /^\d/.test(written) ? `_${written}` : written
}

/** A label's name likewise, without colons; two leading underscores are kept for Prometheus itself. */
function labelName(name: string): string {
  const written = name.replace(/[^a-zA-Z0-9_]+/g, '_')
  return /^(?:\d|__)/.test(written) ? `key_${written}` : written
}

/**
 * Labels of attributes, after those that are given. Attributes whose names become the same are joined by `;`, as
 * OpenTelemetry's specification for Prometheus has it; an empty value means absence.
 */
export function labelsOf(attributes: Attributes, given: Labels, path: string, issues: Issues): Labels {
  const labels: Record<string, string> = { ...given }
  const own = new Set<string>()
  for (const name in attributes) {
    const label = labelName(name)
    const value = wellFormedText(valueText(attributes[name]))
    if (value === '') continue
    labels[label] = own.has(label) ? `${labels[label]};${value}` : value
    own.add(label)
    if (label.length > OTLP_LIMITS.nameLength || value.length > OTLP_LIMITS.labelLength || value.includes('\0'))
      issues.add(
        path,
        `${JSON.stringify(label.slice(0, 64))} is no label; expected at most ${OTLP_LIMITS.labelLength} characters without U+0000.`,
      )
  }
  if (own.size > OTLP_LIMITS.labels)
    issues.add(path, `expected at most ${OTLP_LIMITS.labels} attributes of a point, found ${own.size}.`)
  return labels
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}
