import { syntaxError } from '../query-text.js'
import { DurationPlace } from './duration-place.js'

const TOKEN =
  /"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'|`[^`]*`|#[^\n]*|["'`]|(step|range|min_of|max_of)(?=\s*\()|[a-zA-Z_:][\w:]*|(\d[\d_]*)\.(?![\d])([eE][+-]?\d+)?|[\d.][\w.]*|[()[\]]/gi

/** A function over scalars that the grammar knows by a name as long as those it knows in durations alone. */
const STAND_IN = 'scalar'

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
    if (keyword !== undefined) return place.inside || !token.includes('_') ? token.toLowerCase() : STAND_IN
    if (whole === undefined) return token
    if (exponent === undefined) return `${whole} `
    const [, sign = '', digits = ''] = /^[eE]([+-]?)(\d+)$/.exec(exponent) ?? []
    return `${whole}e${sign}0${digits}`
  })
}

/** The name of a function that `prepare` may have stood in for, as the user wrote it. */
export function functionName(written: string, prepared: string): string {
  return prepared === STAND_IN ? written.toLowerCase() : prepared
}
