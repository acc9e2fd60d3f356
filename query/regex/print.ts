import { NAMED_CLASSES } from './char-set.js'
import { foldRanges } from './fold.js'
import type { Assertion, CharItem, CharRange, CharSet, RegexNode } from './node.js'

/**
 * The expression in the plainest syntax of RE2 that ClickHouse's `match` and `extractGroups` read the same way: no
 * quoting escapes, and flags resolved, so that what surrounds the text cannot change what it means. It expects `.` to
 * match line breaks, which is how ClickHouse compiles. With `captures`, groups stay numbered as they were written.
 */
export function printRegex(node: RegexNode, captures = false): string {
  switch (node.kind) {
    case 'empty':
      return '(?:)'
    case 'set':
      return printSet(node.set)
    case 'assert':
      return ASSERTIONS[node.at]
    case 'concat':
      return node.parts
        .map((part) => (part.kind === 'alternate' ? wrap(part, captures) : printRegex(part, captures)))
        .join('')
    case 'alternate':
      return node.parts.map((part) => printRegex(part, captures)).join('|')
    case 'group':
      return `(${captures ? '' : '?:'}${printRegex(node.of, captures)})`
    case 'repeat':
      return `${printRepeated(node.of, captures)}${bounds(node.min, node.max)}${node.greedy ? '' : '?'}`
  }
}

const ASSERTIONS: Readonly<Record<Assertion, string>> = {
  textStart: '^',
  textEnd: '$',
  lineStart: '(?m:^)',
  lineEnd: '(?m:$)',
  wordEdge: '\\b',
  noWordEdge: '\\B',
}

/**
 * ClickHouse looks for a literal that every match must hold before it asks RE2, and takes only the last byte of a
 * character away when a `*` or `?` follows: `match('', 'é*')` is 0 in 26.7. In brackets the character is no literal.
 */
function printRepeated(node: RegexNode, captures: boolean): string {
  if (node.kind === 'set') return printSet(node.set).replace(/^\P{ASCII}+$/u, '[$&]')
  return node.kind === 'group' ? printRegex(node, captures) : wrap(node, captures)
}

const wrap = (node: RegexNode, captures: boolean): string => `(?:${printRegex(node, captures)})`

function bounds(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`
  if (min === 0 && max === 1) return '?'
  return min === max ? `{${min}}` : `{${min},${max}}`
}

function printSet(set: CharSet): string {
  if (set.items.length === 0) return set.negated ? '.' : '[^\\x{0}-\\x{10FFFF}]'
  const [only] = set.items
  if (only !== undefined && 'low' in only && set.items.length === 1 && only.low === only.high && !set.negated) {
    const ranges = set.fold ? foldRanges([only]) : [only]
    if (ranges.length === 1) return printChar(only.low)
  }
  if (set.fold && set.items.some((item) => !('low' in item))) {
    return `(?i:[${set.negated ? '^' : ''}${set.items.map(printItem).join('')}])`
  }
  const items = set.fold ? foldRanges(set.items.flatMap((item) => ('low' in item ? [item] : []))) : set.items
  return `[${set.negated ? '^' : ''}${items.map(printItem).join('')}]`
}

function printItem(item: CharItem): string {
  if ('property' in item) return `\\${item.negated ? 'P' : 'p'}{${item.property}}`
  if ('named' in item) return printNamed(item.named, item.negated)
  return printRange(item)
}

function printNamed(name: string, negated: boolean): string {
  if (name.length === 1) return `\\${negated ? name.toUpperCase() : name}`
  if (negated || !NAMED_CLASSES.has(name)) return `[:^${name}:]`
  return `[:${name}:]`
}

function printRange({ low, high }: CharRange): string {
  return low === high ? printChar(low) : `${printChar(low)}-${printChar(high)}`
}

/** A character as itself where it is safe in and out of brackets, else escaped. */
function printChar(point: number): string {
  const char = String.fromCodePoint(point)
  if (/^[A-Za-z0-9_ ]$/.test(char) || (point > 0xa0 && !(point >= 0xd800 && point <= 0xdfff))) return char
  return point > 0x20 && point < 0x7f ? `\\${char}` : `\\x{${point.toString(16)}}`
}
