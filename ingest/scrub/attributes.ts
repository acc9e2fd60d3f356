import type { Scrubber } from './scrubber.js'

/**
 * Attributes, labels or tags without what must not be stored; the same object when nothing had to go. Nested objects and
 * arrays are scrubbed throughout, numbers too. A value keeps its type but where it had to go.
 */
export function scrubAttributes(
  attributes: Readonly<Record<string, unknown>>,
  scrubber: Scrubber,
): Readonly<Record<string, unknown>> {
  let copy: Record<string, unknown> | null = null
  for (const name in attributes) {
    const before = attributes[name]
    const after = scrubber.value(name, before)
    if (after === before) continue
    copy ??= { ...attributes }
    // An attribute may be called __proto__.
    Object.defineProperty(copy, name, { value: after, enumerable: true, configurable: true, writable: true })
  }
  return copy ?? attributes
}

/** Labels of a metric; the same as `scrubAttributes`, of texts alone. */
export function scrubLabels(
  labels: Readonly<Record<string, string>>,
  scrubber: Scrubber,
): Readonly<Record<string, string>> {
  // A text becomes a text.
  return scrubAttributes(labels, scrubber) as Readonly<Record<string, string>>
}
