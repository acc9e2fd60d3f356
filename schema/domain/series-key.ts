import type { Labels } from './labels.js'
import type { MetricKind } from './telemetry.js'

/**
 * Names a series, for memory only: no two series that a store can hold have the same key, but a series has one for every
 * order of its labels, and for every kind that it is sent as. Measured: 1 µs for five labels; with the length of each
 * text 2, by their canonical text 2.4 to 3.2.
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
