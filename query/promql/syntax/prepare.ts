import { syntaxError } from '../query-text.js'
import { DurationPlace } from './duration-place.js'

const TOKEN =
  /"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'|`[^`]*`|#[^\n]*|["'`]|(step|range|min_of|max_of|holt_winters|integral)(?=\s*\()|[a-zA-Z_:][\w:]*|(\d[\d_]*)\.(?![\d])([eE][+-]?\d+)?|[\d.][\w.]*|[()[\]]/gi

/**
 * Functions that the grammar does not know, or in durations alone, each with one of as many letters that it does: the tree
 * is the same, and the name is read from the text. `holt_winters` is what Prometheus 2 called
 * double_exponential_smoothing, `integral` one of Prometheus's experiments.
 */
const STAND_INS: Readonly<Record<string, string>> = {
  min_of: 'scalar',
  max_of: 'scalar',
  holt_winters: 'day_of_month',
  integral: 'increase',
}
/** What may be written in capitals too. */
const ANY_CASE: ReadonlySet<string> = new Set(['step', 'range', 'min_of', 'max_of'])

/**
 * The text as the grammar can read it, of the same length so that every offset still holds. The grammar lacks a number
 * that ends in a dot (`2.`), knows `step()` in lower case only and `min_of()` and `max_of()` in durations only; it also
 * accepts a string that is never closed, which is refused here.
 */
export function prepare(text: string): string {
  const place = new DurationPlace()
  return text.replace(TOKEN, (token: string, keyword?: string, whole?: string, exponent?: string, offset?: number) => {
    if (/^["'`]$/.test(token))
      throw syntaxError(text, offset ?? 0, token, `a string that is closed by another ${token}`)
    place.pass(token)
    if (keyword !== undefined) return keywordFor(token, place.inside)
    if (whole === undefined) return token
    if (exponent === undefined) return `${whole} `
    const [, sign = '', digits = ''] = /^[eE]([+-]?)(\d+)$/.exec(exponent) ?? []
    return `${whole}e${sign}0${digits}`
  })
}

function keywordFor(token: string, insideDuration: boolean): string {
  const lower = token.toLowerCase()
  if (token !== lower && !ANY_CASE.has(lower)) return token
  return insideDuration ? lower : (STAND_INS[lower] ?? lower)
}

/** The name of a function that `prepare` may have stood in for, as the user meant it. */
export function functionName(written: string, prepared: string): string {
  const lower = written.toLowerCase()
  return STAND_INS[lower] === prepared ? lower : prepared
}
