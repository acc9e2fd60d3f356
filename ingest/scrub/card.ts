import { ALPHANUMERIC, DIGIT, isAt, UNDERSCORE } from './characters.js'
import type { EndOf } from './detector.js'
import { passesLuhn } from './luhn.js'

/** Ranges of issuers, by the first digits, and the lengths of their numbers. */
const ISSUERS: readonly (readonly [from: number, to: number, lengths: readonly number[]])[] = [
  [4000, 4999, [13, 16, 19]], // Visa
  [5100, 5599, [16]], // Mastercard
  [2221, 2720, [16]],
  [3400, 3499, [15]], // American Express
  [3700, 3799, [15]],
  [3000, 3059, [14]], // Diners Club
  [3095, 3095, [14]],
  [3600, 3699, [14]],
  [3800, 3999, [14]],
  [3528, 3589, [16, 17, 18, 19]], // JCB
  [6011, 6011, [16, 17, 18, 19]], // Discover
  [6440, 6599, [16, 17, 18, 19]],
  [6200, 6299, [16, 17, 18, 19]], // UnionPay
  [5018, 5018, [13, 14, 15, 16, 17, 18, 19]], // Maestro
  [5020, 5020, [13, 14, 15, 16, 17, 18, 19]],
  [5038, 5038, [13, 14, 15, 16, 17, 18, 19]],
  [5893, 5893, [13, 14, 15, 16, 17, 18, 19]],
  [6304, 6304, [13, 14, 15, 16, 17, 18, 19]],
  [6759, 6763, [13, 14, 15, 16, 17, 18, 19]],
]

const SPACE = 0x20
const MINUS = 0x2d
const POINT = 0x2e

/**
 * A payment card's number: 13 to 19 digits of a known issuer that pass Luhn's check, in one run or in groups of at
 * least two with one and the same separator, a space or a dash. Of other numbers of such length and beginning, one in
 * ten passes.
 */
export const endOfCard: EndOf = (text, at) => {
  let digits = ''
  let separator = 0
  let group = 0
  let to = at
  for (; digits.length < 20; to++) {
    if (isAt(text, to, DIGIT)) {
      digits += text[to]
      group++
      continue
    }
    const code = text.charCodeAt(to)
    const parts = (code === SPACE || code === MINUS) && (separator === 0 || code === separator)
    if (!parts || group < 2 || !isAt(text, to + 1, DIGIT)) break
    // What follows is a number of its own once the digits make a card.
    if (separator !== 0 && isCard(digits)) break
    separator = code
    group = 0
  }
  if (isAt(text, to, ALPHANUMERIC | UNDERSCORE)) return -1
  // A decimal fraction.
  if (text.charCodeAt(to) === POINT && isAt(text, to + 1, DIGIT)) return -1
  return isCard(digits) ? to : -1
}

/** Whether digits are a payment card's number. */
export function isCard(digits: string): boolean {
  if (digits.length < 13 || digits.length > 19) return false
  const head = Number(digits.slice(0, 4))
  for (const [from, to, lengths] of ISSUERS)
    if (head >= from && head <= to && lengths.includes(digits.length)) return passesLuhn(digits)
  return false
}
