import { unicodeProperty } from './char-set.js'
import { type CharItem, RegexError } from './node.js'

/** A text that is being read, and the offset read so far. */
export interface Cursor {
  readonly text: string
  at: number
}

const CONTROL: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
])

/** The code point that an escape such as `\n`, `\x41`, `\x{1F600}`, `\012` or `\.` stands for. */
export function escapedChar(cursor: Cursor): number {
  const start = cursor.at
  const rest = cursor.text.slice(start + 1)
  const char = rest[0]
  if (char === undefined) throw new RegexError('a "\\" at the end', start)
  const control = CONTROL.get(char)
  if (control !== undefined) return take(cursor, 2, control)
  const octal = /^0[0-7]{0,2}|^[1-7][0-7]{1,2}/.exec(rest)
  if (octal !== null) return take(cursor, 1 + octal[0].length, Number.parseInt(octal[0], 8))
  if (/^[1-9]/.test(char)) throw new RegexError(`"\\${char}", a backreference, which RE2 does not have`, start)
  if (char === 'x') return hexChar(cursor, rest)
  if (/^[A-Za-z]/.test(char) || char.charCodeAt(0) >= 0x80) {
    throw new RegexError(
      `"\\${String.fromCodePoint(rest.codePointAt(0) ?? 0)}", an escape that RE2 does not have`,
      start,
    )
  }
  return take(cursor, 2, char.charCodeAt(0))
}

function hexChar(cursor: Cursor, rest: string): number {
  const hex = /^x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})/.exec(rest)
  const point = Number.parseInt(hex?.[1] ?? hex?.[2] ?? 'none', 16)
  if (hex === null || !(point <= 0x10ffff) || (point >= 0xd800 && point <= 0xdfff)) {
    throw new RegexError('a "\\x" without a character; expected the form \\x41 or \\x{1F600}', cursor.at)
  }
  return take(cursor, 1 + hex[0].length, point)
}

/** `\d`, `\s`, `\w`, `\pN`, `\p{Greek}` or a negation of theirs at the cursor; null where none stands. */
export function classEscape(cursor: Cursor): CharItem | null {
  const letter = cursor.text[cursor.at + 1] ?? ''
  if (cursor.text[cursor.at] !== '\\') return null
  if (letter === 'p' || letter === 'P') return propertyEscape(cursor)
  if (!/^[dswDSW]$/.test(letter)) return null
  cursor.at += 2
  return { named: letter.toLowerCase(), negated: letter !== letter.toLowerCase() }
}

function propertyEscape(cursor: Cursor): CharItem {
  const start = cursor.at
  const match = /^\\([pP])(?:\{(\^?)([^}]*)\}|(.?))/su.exec(cursor.text.slice(start))
  const name = match?.[3] ?? match?.[4] ?? ''
  if (match === null || unicodeProperty(name) === null) {
    throw new RegexError(`"${match?.[0] ?? '\\p'}", a Unicode category or script that RE2 does not have`, start)
  }
  cursor.at += match[0].length
  return { property: name, negated: (match[1] === 'P') !== (match[2] === '^') }
}

function take(cursor: Cursor, length: number, point: number): number {
  cursor.at += length
  return point
}
