import { ALPHANUMERIC, DIGIT, DOT, digitsOf, endOfRun, isAt, UNDERSCORE } from './characters.js'
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

/**
 * A payment card's number: 13 to 19 digits of a known issuer that pass Luhn's check, in one run or in groups, the first
 * of four digits, with one and the same separator between, a space or a dash. Of other numbers with such a length and
 * beginning, one in ten passes.
 */
export const endOfCard: EndOf = (text, at) => {
  const lengths = lengthsOf(text, at)
  if (lengths === null) return -1
  const run = endOfRun(text, at, DIGIT, 20)
  if (run > at + 4) return isWhole(text, run) && isCard(text.slice(at, run), lengths) ? run : -1
  const separator = text.charCodeAt(run)
  if (separator !== SPACE && separator !== MINUS) return -1
  let digits = run - at
  let end = -1
  for (let to = run; text.charCodeAt(to) === separator && digits < 19; ) {
    const next = endOfRun(text, to + 1, DIGIT, 7)
    if (next - to < 3) break
    digits += next - to - 1
    to = next
    // What follows a whole card is a number of its own.
    if (lengths.includes(digits) && isWhole(text, to) && passesLuhn(digitsOf(text.slice(at, to)))) {
      end = to
      break
    }
  }
  return end
}

function isCard(digits: string, lengths: readonly number[]): boolean {
  return lengths.includes(digits.length) && passesLuhn(digits)
}

/** Lengths of numbers of the issuer whose range the four digits at a place are in. */
function lengthsOf(text: string, at: number): readonly number[] | null {
  if (text.charCodeAt(at) < 0x32 || endOfRun(text, at, DIGIT, 4) !== at + 4) return null
  const head = Number(text.slice(at, at + 4))
  for (const [from, to, lengths] of ISSUERS) if (head >= from && head <= to) return lengths
  return null
}

/** Whether a number ends here: no letter joins it, and no fraction. */
function isWhole(text: string, to: number): boolean {
  return !isAt(text, to, ALPHANUMERIC | UNDERSCORE) && !(isAt(text, to, DOT) && isAt(text, to + 1, DIGIT))
}
