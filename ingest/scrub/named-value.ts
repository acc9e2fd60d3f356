import { ALPHANUMERIC, classOf, DASH, isAt, TOKEN, UNDERSCORE } from './characters.js'
import type { Finding } from './detector.js'
import { isScrubbed, isScrubKind } from './replacement.js'
import type { SensitiveNames } from './sensitive-name.js'

const LONGEST_NAME = 64
const QUOTE = 0x22
const APOSTROPHE = 0x27
const BACKSLASH = 0x5c
const EQUALS = 0x3d

/** What stands after a name as a word about the value, not the value: `password: incorrect`. */
const NO_VALUE = new Set(
  'null nil none undefined true false yes no empty unset missing required expired invalid incorrect wrong rejected failed failure error changed reset set unknown not is was has for and or the too must ok redacted hidden masked filtered'.split(
    ' ',
  ),
)
/** Schemes of Authorization whose credentials are one word, and those where they are the rest of the line. */
const SCHEMES = new Set(['bearer', 'basic', 'token', 'apikey', 'negotiate', 'bot', 'ntlm'])
const LONG_SCHEMES = new Set(['digest', 'hawk', 'oauth', 'aws4-hmac-sha256', 'signature'])

/**
 * The value after the `=` or `:` at a place, when the name before is sensitive: `password=x`, `token: x`,
 * `"secret":"x"` (with escaped quotes too), `Authorization: Bearer x`, `Cookie: a=b; c=d`.
 */
export function namedValue(text: string, mark: number, names: SensitiveNames): Finding | null {
  const name = nameBefore(text, mark, names.ends)
  if (name === '' || !names.has(name)) return null
  let from = mark + 1
  // `:=`, `=>`, `==`.
  while (from < mark + 3 && (text.charCodeAt(from) === EQUALS || text.charCodeAt(from) === 0x3e)) from++
  for (let spaces = 0; spaces < 3 && text.charCodeAt(from) === 0x20; spaces++) from++
  let backslashes = 0
  while (backslashes < 7 && text.charCodeAt(from + backslashes) === BACKSLASH) backslashes++
  const quote = text.charCodeAt(from + backslashes)
  if (quote === QUOTE || quote === APOSTROPHE) {
    const inner = from + backslashes + 1
    return finding(text, inner, endOfQuoted(text, inner, quote, backslashes))
  }
  return bareValue(text, from, name)
}

/** The name that ends before a mark, perhaps a space away, without quotes around it. Empty when there is none. */
function nameBefore(text: string, mark: number, ends: Uint8Array): string {
  let to = text.charCodeAt(mark - 1) === 0x20 ? mark - 1 : mark
  const last = text.charCodeAt(to - 1)
  if (last === QUOTE || last === APOSTROPHE) {
    to--
    while (text.charCodeAt(to - 1) === BACKSLASH && mark - to < 8) to--
  } else if (last === 0x5d) to--
  // Most names, and all times, are told apart by their last two characters.
  if (ends[text.charCodeAt(to - 2) * 128 + text.charCodeAt(to - 1)] !== 1) return ''
  let from = to
  const limit = Math.max(0, to - LONGEST_NAME)
  while (from > limit && isAt(text, from - 1, ALPHANUMERIC | UNDERSCORE | DASH)) from--
  const name = text.slice(from, to)
  // `[secret:…]` is what a scrub left.
  return text.charCodeAt(from - 1) === 0x5b && isScrubKind(name) ? '' : name
}

function finding(text: string, from: number, to: number): Finding | null {
  if (to <= from || isScrubbed(text, from)) return null
  if (to - from < 12 && NO_VALUE.has(text.slice(from, to).toLowerCase())) return null
  if (/^[*.x•-]+$/i.test(text.slice(from, Math.min(to, from + 64))) && to - from <= 64) return null
  return { kind: 'secret', from, to }
}

/** Where a quoted value ends: at the same quote behind as many backslashes, or at the end of the text. */
function endOfQuoted(text: string, from: number, quote: number, backslashes: number): number {
  const mark = String.fromCharCode(quote)
  for (let at = from; ; ) {
    const close = text.indexOf(mark, at)
    if (close === -1) return text.length
    let before = 0
    while (before <= 8 && text.charCodeAt(close - 1 - before) === BACKSLASH && close - before > from) before++
    // Fewer or as many backslashes end it; more belong to a quote inside.
    if (before <= backslashes) return close - before
    // An even number of them inside a plain quote are backslashes of the value.
    if (backslashes === 0 && before % 2 === 0) return close
    at = close + 1
  }
}

const BARE_END = /[\s,;&"'<>(){}[\]\\]/g
const LINE_END = /["\r\n]/g

/** A value without quotes: a word, what follows a scheme of Authorization, or all cookies. */
function bareValue(text: string, from: number, name: string): Finding | null {
  if (/cookies?$/i.test(name)) return finding(text, from, search(text, from, LINE_END))
  const to = search(text, from, BARE_END)
  if (text.charCodeAt(to) !== 0x20 || to - from > 20) return finding(text, from, to)
  const word = text.slice(from, to).toLowerCase()
  if (LONG_SCHEMES.has(word)) return finding(text, to + 1, search(text, to + 1, LINE_END))
  return SCHEMES.has(word) ? finding(text, to + 1, search(text, to + 1, BARE_END)) : finding(text, from, to)
}

function search(text: string, from: number, pattern: RegExp): number {
  pattern.lastIndex = from
  return pattern.exec(text)?.index ?? text.length
}

/** Fewer characters than this after `Bearer` are a word. */
const LEAST_BEARER = 16

/** A token after the word Bearer without a name before it; its finding leaves the word. */
export function bearerToken(text: string, at: number): Finding | null {
  const word = text.slice(at, at + 7)
  if (word !== 'Bearer ' && word !== 'bearer ') return null
  const from = at + 7
  let to = from
  while (isTokenCharacter(text.charCodeAt(to))) to++
  return to - from >= LEAST_BEARER && !isScrubbed(text, from) ? { kind: 'secret', from, to } : null
}

/** RFC 6750, section 2.1: b64token. */
function isTokenCharacter(code: number): boolean {
  return (
    (classOf(code) & TOKEN) !== 0 || code === 0x2e || code === 0x7e || code === 0x2b || code === 0x2f || code === EQUALS
  )
}

const LONGEST_AUTHORITY = 512

/** The password in the authority of a URL, when `://` begins at a place. */
export function urlPassword(text: string, at: number): Finding | null {
  if (!text.startsWith('://', at)) return null
  const from = at + 3
  let colon = -1
  let sign = -1
  const most = Math.min(text.length, from + LONGEST_AUTHORITY)
  for (let to = from; to < most; to++) {
    const code = text.charCodeAt(to)
    if (code === 0x40) sign = to
    else if (code === 0x3a && colon === -1) colon = to
    else if (code <= 0x20 || code === 0x2f || code === 0x3f || code === 0x23 || code === QUOTE || code === APOSTROPHE)
      break
    else if (code === 0x3c || code === 0x3e) break
  }
  if (sign === -1 || colon === -1 || colon >= sign - 1) return null
  return isScrubbed(text, colon + 1) ? null : { kind: 'secret', from: colon + 1, to: sign }
}
