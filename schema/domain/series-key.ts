import type { Labels } from './labels.js'
import { METRIC_KINDS, type MetricKind } from './telemetry.js'

/** A series of one organisation, as samples carry it. */
export interface NamedSeries {
  readonly orgId: string
  readonly name: string
  readonly kind: MetricKind
  /** Without the name. */
  readonly labels: Labels
}

/**
 * Names a series, in memory and from thread to thread: no two series that a store can hold have the same key, but a series
 * has one for every order of its labels, and for every kind that it is sent as. Measured: 1 µs for five labels; with the
 * length of each text 2, by their canonical text 2.4 to 3.2.
 *
 * @param orgId Without spaces.
 */
export function seriesKey(orgId: string, name: string, kind: MetricKind, labels: Labels): string {
  let key = `${orgId} ${kind} ${name}`
  let count = 0
  for (const label in labels) {
    key += `\0${label}\0${labels[label]}`
    count++
  }
  // Who knows how many separators there are, knows whether a text holds one; no store takes a series with such a text.
  return `${key}\0${count}`
}

/** The series that a key names, its labels in their order; null where a text of it holds U+0000, which no store takes. */
export function seriesOfKey(key: string): NamedSeries | null {
  const [head = '', ...texts] = key.split('\0')
  const count = Number(texts.pop())
  const [orgId = '', kind = '', ...name] = head.split(' ')
  const known = METRIC_KINDS.find((one) => one === kind)
  if (texts.length !== 2 * count || known === undefined) return null
  // Own properties all, one called __proto__ too.
  const labels = Object.fromEntries(Array.from({ length: count }, (_, i) => [texts[2 * i], texts[2 * i + 1]]))
  return { orgId, name: name.join(' '), kind: known, labels }
}
