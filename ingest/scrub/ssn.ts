import { ALPHANUMERIC, DASH, DIGIT, endOfRun, isAt, UNDERSCORE } from './characters.js'
import type { EndOf } from './detector.js'

/**
 * A social security number of the United States, `AAA-GG-SSSS`: area neither 000, 666 nor 900 and above, group not 00,
 * serial not 0000 (Social Security Administration, "Randomization"). Without dashes it is any number of nine digits,
 * and found only under a sensitive name.
 */
export const endOfSsn: EndOf = (text, at) => {
  if (text.charCodeAt(at + 3) !== 0x2d || text.charCodeAt(at + 6) !== 0x2d) return -1
  if (endOfRun(text, at, DIGIT, 4) !== at + 3 || endOfRun(text, at + 4, DIGIT, 3) !== at + 6) return -1
  const to = endOfRun(text, at + 7, DIGIT, 5)
  if (to !== at + 11 || isAt(text, to, ALPHANUMERIC | UNDERSCORE | DASH)) return -1
  const area = Number(text.slice(at, at + 3))
  const isArea = area > 0 && area < 900 && area !== 666
  return isArea && text.slice(at + 4, at + 6) !== '00' && text.slice(at + 7, to) !== '0000' ? to : -1
}
