import { NAMED_CLASSES } from './char-set.js'
import { type Cursor, classEscape, escapedChar } from './escape.js'
import { type CharItem, type CharRange, type CharSet, RegexError } from './node.js'

/** Reads a bracket expression such as `[^a-z\d[:punct:]]`; the cursor stands on the `[` and is left behind the `]`. */
export function readBracket(cursor: Cursor, fold: boolean): CharSet {
  const start = cursor.at
  cursor.at++
  const negated = cursor.text[cursor.at] === '^'
  if (negated) cursor.at++
  const items: CharItem[] = []
  while (items.length === 0 || cursor.text[cursor.at] !== ']') {
    if (cursor.at >= cursor.text.length) throw new RegexError('a "[" that is never closed', start)
    items.push(posixClass(cursor) ?? classEscape(cursor) ?? charRange(cursor))
  }
  cursor.at++
  return { items, negated, fold }
}

function posixClass(cursor: Cursor): CharItem | null {
  if (!cursor.text.startsWith('[:', cursor.at)) return null
  const end = cursor.text.indexOf(':]', cursor.at + 2)
  if (end === -1) return null
  const inside = cursor.text.slice(cursor.at + 2, end)
  const name = inside.replace(/^\^/, '')
  if (name.length < 2 || !NAMED_CLASSES.has(name)) {
    throw new RegexError(`"[:${inside}:]", a class that RE2 does not have`, cursor.at)
  }
  cursor.at = end + 2
  return { named: name, negated: inside !== name }
}

function charRange(cursor: Cursor): CharRange {
  const start = cursor.at
  const low = oneChar(cursor)
  const rest = cursor.text.slice(cursor.at, cursor.at + 2)
  if (rest[0] !== '-' || rest === '-]' || rest === '-') return { low, high: low }
  cursor.at++
  const high = oneChar(cursor)
  if (high < low) throw new RegexError(`"${cursor.text.slice(start, cursor.at)}", a range that runs backwards`, start)
  return { low, high }
}

function oneChar(cursor: Cursor): number {
  if (cursor.text[cursor.at] === '\\') return escapedChar(cursor)
  const point = cursor.text.codePointAt(cursor.at) ?? 0
  cursor.at += point > 0xffff ? 2 : 1
  return point
}
