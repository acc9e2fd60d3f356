import { ALPHANUMERIC, DIGIT, endOfRun, isAt, UNDERSCORE } from './characters.js'
import type { EndOf } from './detector.js'

const PLUS = 0x2b
const OPEN = 0x28
const CLOSE = 0x29
const SPACE = 0x20
const MINUS = 0x2d
const POINT = 0x2e
const SLASH = 0x2f

/**
 * A phone number: international (`+` and 8 to 15 digits, ITU E.164, with separators or without), North American with
 * separators (`(212) 555-0123`, `212-555-0123`, `1.212.555.0123`), or national with a leading 0 (`020 7946 0958`,
 * `0151-23456789`, `01 23 45 67 89`). A number without `+` and separators is never one: it may be anything.
 */
export const endOfPhone: EndOf = (text, at) => {
  const first = text.charCodeAt(at)
  const to = first === PLUS ? endOfInternational(text, at) : endOfNational(text, at)
  return to !== -1 && !goesOn(text, to) ? to : -1
}

/** Whether what follows shows that the digits are part of something longer: a number, a time, a name. */
function goesOn(text: string, to: number): boolean {
  if (isAt(text, to, ALPHANUMERIC | UNDERSCORE)) return true
  const code = text.charCodeAt(to)
  return (code === MINUS || code === POINT || code === SLASH || code === 0x3a) && isAt(text, to + 1, ALPHANUMERIC)
}

/** Digits after which an international number ends at its next separator; North American ones have exactly eleven. */
const COMPLETE = 11

function endOfInternational(text: string, at: number): number {
  if (!isAt(text, at + 1, DIGIT) || text.charCodeAt(at + 1) === 0x30) return -1
  let digits = 0
  let parenthesis = false
  let end = -1
  for (let to = at + 1; digits <= 15; to++) {
    const code = text.charCodeAt(to)
    if (isAt(text, to, DIGIT)) {
      digits++
      end = to + 1
    } else if (code === OPEN && !parenthesis && digits < COMPLETE && isAt(text, to + 1, DIGIT)) parenthesis = true
    else if (code === CLOSE && parenthesis && isAt(text, to - 1, DIGIT)) continue
    else if (!isSeparator(code) || digits >= COMPLETE || !startsGroup(text, to + 1)) break
  }
  return digits >= 8 && digits <= 15 ? end : -1
}

function startsGroup(text: string, at: number): boolean {
  return isAt(text, at, DIGIT) || text.charCodeAt(at) === OPEN
}

function endOfNational(text: string, at: number): number {
  // Digits right after a dot, a dash or a slash are the rest of a date, a version, a path.
  const before = text.charCodeAt(at - 1)
  if (before === POINT || before === MINUS || before === SLASH || before === PLUS) return -1
  const first = text.charCodeAt(at)
  if (first === OPEN) return isAt(text, at + 1, DIGIT) ? endOfParenthesised(text, at) : -1
  if (first === 0x30) return endOfTrunk(text, at)
  const run = endOfRun(text, at, DIGIT, 4)
  if (first === 0x31 && run === at + 1 && isSeparator(text.charCodeAt(run))) return endOfNorthAmerican(text, run + 1)
  return run === at + 3 ? endOfNorthAmerican(text, at) : -1
}

function isSeparator(code: number): boolean {
  return code === SPACE || code === MINUS || code === POINT
}

/** `212-555-0123`: area and exchange begin with 2 to 9, the same dash or point stands twice. */
function endOfNorthAmerican(text: string, at: number): number {
  if (text.charCodeAt(at) === OPEN) return endOfParenthesised(text, at)
  const separator = text.charCodeAt(at + 3)
  if (separator !== MINUS && separator !== POINT) return -1
  if (text.charCodeAt(at + 7) !== separator) return -1
  return isArea(text, at) && isArea(text, at + 4) ? endOfFour(text, at + 8) : -1
}

/** `(212) 555-0123` and `(030) 12345678`. */
function endOfParenthesised(text: string, at: number): number {
  const close = endOfRun(text, at + 1, DIGIT, 6)
  if (text.charCodeAt(close) !== CLOSE) return -1
  const rest = text.charCodeAt(close + 1) === SPACE ? close + 2 : close + 1
  if (text.charCodeAt(at + 1) === 0x30) {
    const to = endOfGroups(text, rest, 3)
    const digits = to === -1 ? 0 : close - at - 1 + countDigits(text, rest, to)
    return digits >= 9 && digits <= 12 ? to : -1
  }
  if (close !== at + 4 || !isArea(text, at + 1) || !isArea(text, rest)) return -1
  return isSeparator(text.charCodeAt(rest + 3)) ? endOfFour(text, rest + 4) : -1
}

/** Three digits of which the first is 2 to 9 and the last two are not 11 (North American Numbering Plan). */
function isArea(text: string, at: number): boolean {
  if (endOfRun(text, at, DIGIT, 4) !== at + 3) return false
  return text.charCodeAt(at) >= 0x32 && !(text[at + 1] === '1' && text[at + 2] === '1')
}

function endOfFour(text: string, at: number): number {
  return endOfRun(text, at, DIGIT, 5) === at + 4 ? at + 4 : -1
}

/** `020 7946 0958`, `0151-23456789`, `01 23 45 67 89`: 9 to 12 digits in groups with one separator. */
function endOfTrunk(text: string, at: number): number {
  if (text.charCodeAt(at + 1) === 0x30) return -1
  const first = endOfRun(text, at, DIGIT, 7)
  const length = first - at
  const separator = text.charCodeAt(first)
  if (length === 2) {
    if (separator !== SPACE && separator !== POINT) return -1
    const to = endOfPairs(text, first, separator)
    // Five pairs are a French number; more are bytes.
    return to !== -1 && !(text.charCodeAt(to) === SPACE && isAt(text, to + 1, DIGIT)) ? to : -1
  }
  if (length < 3 || length > 6 || (separator !== SPACE && separator !== MINUS && separator !== SLASH)) return -1
  const to = endOfGroups(text, first + 1, 3)
  const digits = to === -1 ? 0 : length + countDigits(text, first + 1, to)
  return digits >= 9 && digits <= 12 ? to : -1
}

function endOfPairs(text: string, first: number, separator: number): number {
  let to = first
  for (let pair = 0; pair < 4; pair++, to += 3)
    if (text.charCodeAt(to) !== separator || endOfRun(text, to + 1, DIGIT, 3) !== to + 3) return -1
  return to
}

/** End of one to three groups of three to nine digits with spaces or dashes between. */
function endOfGroups(text: string, from: number, most: number): number {
  let end = -1
  for (let at = from, group = 0; group < most; group++) {
    const to = endOfRun(text, at, DIGIT, 9)
    if (to - at < 3) break
    end = to
    const code = text.charCodeAt(to)
    if ((code !== SPACE && code !== MINUS) || !isAt(text, to + 1, DIGIT)) break
    at = to + 1
  }
  return end
}

function countDigits(text: string, from: number, to: number): number {
  let count = 0
  for (let at = from; at < to; at++) if (isAt(text, at, DIGIT)) count++
  return count
}
