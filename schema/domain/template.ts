import { z } from 'zod'
import type { Labels } from './labels.js'

const PLACEHOLDER = /\{\{\s*(value|labels\.[a-zA-Z_][a-zA-Z0-9_.]*)\s*\}\}/g

/**
 * A text with `{{value}}` and `{{labels.NAME}}` filled in. A label that is not there leaves nothing; anything else in
 * braces stays as it is (`templateSchema` lets none in).
 */
export function fillTemplate(text: string, labels: Labels, value: number | null, unit: ValueUnit = 'number'): string {
  return text.replaceAll(PLACEHOLDER, (_, name: string) => {
    if (name === 'value') return value === null ? 'no value' : shownValue(value, unit)
    return labels[name.slice('labels.'.length)] ?? ''
  })
}

const NAMED_PLACEHOLDERS = 'there are {{value}} and {{labels.NAME}}'

/** What a template holds in double braces that no value would ever replace, as a sentence; null when it is sound. */
export function templateFault(text: string): string | null {
  const rest = text.replaceAll(PLACEHOLDER, ' ')
  const open = rest.indexOf('{{')
  if (open < 0) return null
  const close = rest.indexOf('}}', open)
  if (close < 0)
    return `"${rest.slice(open, open + MOST_SHOWN)}" opens a placeholder and does not close it; ${NAMED_PLACEHOLDERS}`
  const found = rest.slice(open, close + 2)
  const shown = found.length <= MOST_SHOWN ? found : `${found.slice(0, MOST_SHOWN)}…`
  return `"${shown}" is no placeholder; ${NAMED_PLACEHOLDERS}`
}

/** Of what is wrong, no more is shown than this many UTF-16 units. */
const MOST_SHOWN = 60

/** A text whose placeholders are all known. */
export function templateSchema(maximum: number) {
  return z
    .string()
    .max(maximum)
    .superRefine((text, context) => {
      const message = templateFault(text)
      if (message !== null) context.addIssue({ code: 'custom', message })
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

/** What a value counts: plain numbers, or parts of a whole, which people read as percent. */
export type ValueUnit = 'number' | 'ratio'

/** A value for people, by its unit: `12.5`, `35.3 %`. */
export function shownValue(value: number, unit: ValueUnit): string {
  return unit === 'ratio' ? `${shortNumber(Number((value * 100).toPrecision(3)))} %` : shortNumber(value)
}
