import type { Labels } from '../../schema/domain/labels.js'

/** The label that holds a metric's name. */
export const METRIC_NAME = '__name__'

/**
 * Labels that say which metric it is: its name, and its type and unit where the sender gives them
 * (https://prometheus.io/docs/prometheus/latest/feature_flags/#type-and-unit-labels). They fall away together.
 */
export const METRIC_LABELS: ReadonlySet<string> = new Set([METRIC_NAME, '__type__', '__unit__'])

/** A label's value, empty when there is none. */
export function labelOf(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? '') : ''
}

/** Names in order by code unit. */
export function sortedNames(labels: Labels): string[] {
  return Object.keys(labels).sort()
}

/** A text that is equal for two label sets exactly when they hold the same; `without` names are left out. */
export function labelKey(labels: Labels, without?: ReadonlySet<string>): string {
  let key = ''
  for (const name of sortedNames(labels)) {
    if (without?.has(name)) continue
    const value = labels[name] ?? ''
    key += `${name.length}:${name}${value.length}:${value}`
  }
  return key
}

/** A text that is equal for two label sets exactly when they agree on the names given. */
export function projectionKey(labels: Labels, names: readonly string[]): string {
  let key = ''
  for (const name of names) {
    const value = labelOf(labels, name)
    key += `${value.length}:${value}`
  }
  return key
}

/** Only the labels named, where they have a value. */
export function keepLabels(labels: Labels, names: readonly string[]): Labels {
  const kept: Record<string, string> = {}
  for (const name of names) {
    const value = labelOf(labels, name)
    if (value !== '') kept[name] = value
  }
  return kept
}

/** All labels but the ones named. */
export function dropLabels(labels: Labels, names: ReadonlySet<string>): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !names.has(name)))
}

/** The labels with one set; an empty value removes it. */
export function withLabel(labels: Labels, name: string, value: string): Labels {
  const { [name]: _, ...rest } = labels
  return value === '' ? rest : { ...rest, [name]: value }
}

/** Orders label sets as Prometheus does: pair by pair in the order of names, the shorter first. */
export function compareLabels(one: Labels, other: Labels): number {
  const names = sortedNames(one)
  const others = sortedNames(other)
  for (let at = 0; at < Math.min(names.length, others.length); at++) {
    const name = names[at] ?? ''
    const otherName = others[at] ?? ''
    if (name !== otherName) return name < otherName ? -1 : 1
    const value = labelOf(one, name)
    const otherValue = labelOf(other, name)
    if (value !== otherValue) return value < otherValue ? -1 : 1
  }
  return names.length - others.length
}

/** Labels as Prometheus prints them in messages: `{__name__="up", job="api"}`. */
export function printLabels(labels: Labels): string {
  const pairs = sortedNames(labels).map((name) => `${name}=${JSON.stringify(labelOf(labels, name))}`)
  return `{${pairs.join(', ')}}`
}

/** Whether a text can name a label: any valid UTF-8 but the empty text. */
export function isLabelName(name: string): boolean {
  return name !== '' && !/\p{Surrogate}/u.test(name)
}
