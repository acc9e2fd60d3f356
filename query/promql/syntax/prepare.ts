import { syntaxError } from '../query-text.js'

const TOKEN =
  /"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'|`[^`]*`|#[^\n]*|["'`]|(step|range|min_of|max_of)(?=\s*\()|[a-zA-Z_:][\w:]*|(\d[\d_]*)\.(?![\d])([eE][+-]?\d+)?|[\d.][\w.]*/gi

/**
 * The text as the grammar can read it, of the same length so that every offset still holds. The grammar lacks a number
 * that ends in a dot (`2.`) and knows `step()` in lower case only; it also accepts a string that is never closed, which
 * is refused here.
 */
export function prepare(text: string): string {
  return text.replace(TOKEN, (token: string, keyword?: string, whole?: string, exponent?: string, offset?: number) => {
    if (/^["'`]$/.test(token))
      throw syntaxError(text, offset ?? 0, token, `a string that is closed by another ${token}`)
    if (keyword !== undefined) return token.toLowerCase()
    if (whole === undefined) return token
    if (exponent === undefined) return `${whole} `
    const [, sign = '', digits = ''] = /^[eE]([+-]?)(\d+)$/.exec(exponent) ?? []
    return `${whole}e${sign}0${digits}`
  })
}
