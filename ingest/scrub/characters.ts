export const DIGIT = 1
export const UPPER = 2
export const LOWER = 4
export const UNDERSCORE = 8
export const DASH = 16
export const DOT = 32
/** Base64's characters that none of the above has: + / = */
export const BASE64 = 64
/** A-F and a-f. */
export const HEX_LETTER = 128
/** Marks that may begin or hold an entity: @ = : + ( - */
export const MARK = 256

export const LETTER = UPPER | LOWER
export const ALPHANUMERIC = DIGIT | LETTER
/** Characters of base64url, which tokens are made of. */
export const TOKEN = ALPHANUMERIC | UNDERSCORE | DASH

/** Classes of each UTF-16 code unit, as bits; 0 for all past ASCII. For loops in which a call would cost too much. */
export const CLASSES = new Uint16Array(65_536)
for (let code = 0x30; code <= 0x39; code++) CLASSES[code] = DIGIT
for (let code = 0x41; code <= 0x5a; code++) CLASSES[code] = UPPER | (code <= 0x46 ? HEX_LETTER : 0)
for (let code = 0x61; code <= 0x7a; code++) CLASSES[code] = LOWER | (code <= 0x66 ? HEX_LETTER : 0)
CLASSES[0x5f] = UNDERSCORE
CLASSES[0x2d] = DASH
CLASSES[0x2e] = DOT
for (const mark of '+/=') CLASSES[mark.charCodeAt(0)] = BASE64
for (const mark of '@=:+(-') CLASSES[mark.charCodeAt(0)] = (CLASSES[mark.charCodeAt(0)] ?? 0) | MARK

/** Classes of a character code, as bits; 0 for those past ASCII, and past the end of a text. */
export function classOf(code: number): number {
  return CLASSES[code] ?? 0
}

/** Whether the character at a place is of one of these classes; false past both ends. */
export function isAt(text: string, at: number, classes: number): boolean {
  return (classOf(text.charCodeAt(at)) & classes) !== 0
}

/** End of the run of such characters that begins at a place. */
export function endOfRun(text: string, from: number, classes: number, most = Infinity): number {
  const end = Math.min(text.length, from + most)
  let at = from
  while (at < end && isAt(text, at, classes)) at++
  return at
}

/** The digits of a text, without what stands between them. */
export function digitsOf(text: string): string {
  return text.replaceAll(/[^0-9]/g, '')
}
