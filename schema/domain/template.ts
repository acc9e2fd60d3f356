import type { Labels } from './labels.js'

const PLACEHOLDER = /\{\{\s*(value|labels\.[a-zA-Z_][a-zA-Z0-9_.]*)\s*\}\}/g

/**
 * A text with `{{value}}` and `{{labels.NAME}}` filled in. A label that is not there leaves nothing; anything else in
 * braces stays as it is.
 */
export function fillTemplate(text: string, labels: Labels, value: number | null): string {
  return text.replaceAll(PLACEHOLDER, (_, name: string) => {
    if (name === 'value') return value === null ? 'no value' : shortNumber(value)
    return labels[name.slice('labels.'.length)] ?? ''
  })
}

/** A number for people: at most four significant digits, no exponent where it can be helped. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const rounded = Number(value.toPrecision(4))
  const size = Math.abs(rounded)
  if (size !== 0 && (size < 1e-6 || size >= 1e15)) return rounded.toExponential()
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 10 })
}
