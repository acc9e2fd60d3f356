import { foldOrbit } from './fold.js'
import type { CharItem, CharRange, CharSet } from './node.js'

const range = (low: string, high: string): CharRange => ({
  low: low.codePointAt(0) ?? 0,
  high: high.codePointAt(0) ?? 0,
})
const one = (char: string): CharRange => range(char, char)

const DIGIT = [range('0', '9')]
const LOWER = [range('a', 'z')]
const UPPER = [range('A', 'Z')]
const WORD = [...DIGIT, ...UPPER, ...LOWER, one('_')]

/**
 * RE2's named classes (https://github.com/google/re2/wiki/Syntax): `d`, `s` and `w` are `\d`, `\s` and `\w`, the others
 * stand as `[[:name:]]`. All are ASCII, and `\s` has no vertical tab.
 */
export const NAMED_CLASSES: ReadonlyMap<string, readonly CharRange[]> = new Map([
  ['d', DIGIT],
  ['s', [range('\t', '\n'), range('\f', '\r'), one(' ')]],
  ['w', WORD],
  ['alnum', [...DIGIT, ...UPPER, ...LOWER]],
  ['alpha', [...UPPER, ...LOWER]],
  ['ascii', [range('\0', '\x7f')]],
  ['blank', [one('\t'), one(' ')]],
  ['cntrl', [range('\0', '\x1f'), one('\x7f')]],
  ['digit', DIGIT],
  ['graph', [range('!', '~')]],
  ['lower', LOWER],
  ['print', [range(' ', '~')]],
  ['punct', [range('!', '/'), range(':', '@'), range('[', '`'), range('{', '~')]],
  ['space', [range('\t', '\r'), one(' ')]],
  ['upper', UPPER],
  ['word', WORD],
  ['xdigit', [...DIGIT, range('A', 'F'), range('a', 'f')]],
])

const GENERAL_CATEGORY = /^(?:C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?)$/
const SCRIPT = /^[A-Z][A-Za-z_]{2,}$/
const known = new Map<string, RegExp | null>()

/** A test of one character for a Unicode category or script by RE2's name for it; null if there is none of that name. */
export function unicodeProperty(name: string): RegExp | null {
  const found = known.get(name)
  if (found !== undefined) return found
  const test = compileProperty(name)
  known.set(name, test)
  return test
}

function compileProperty(name: string): RegExp | null {
  if (name === 'Any') return /^.$/su
  if (GENERAL_CATEGORY.test(name)) return new RegExp(`^\\p{${name}}$`, 'u')
  if (!SCRIPT.test(name)) return null
  try {
    return new RegExp(`^\\p{Script=${name}}$`, 'u')
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** Whether a code point is in the set. */
export function inCharSet(set: CharSet, point: number): boolean {
  const points = set.fold ? foldOrbit(point) : [point]
  return set.items.some((item) => points.some((each) => covers(item, each)) !== isNegated(item)) !== set.negated
}

const isNegated = (item: CharItem): boolean => 'negated' in item && item.negated

/** Whether the item, its own negation left aside, has the code point. */
function covers(item: CharItem, point: number): boolean {
  if ('low' in item) return item.low <= point && point <= item.high
  if ('named' in item) return NAMED_CLASSES.get(item.named)?.some((part) => covers(part, point)) === true
  return unicodeProperty(item.property)?.test(String.fromCodePoint(point)) === true
}
