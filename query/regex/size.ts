import { type CharItem, RegexError, type RegexNode } from './node.js'

/** RE2 bounds the product of nested repeats by 1,000 as well as each of them. */
const MAX_NESTED_REPEAT = 1_000
/**
 * ClickHouse gives RE2 its default of 8 MiB, of which about 170,000 instructions of 8 bytes are left for a program; the
 * estimate here is coarse, so the bound stands well below.
 */
const MAX_INSTRUCTIONS = 50_000
/** A Unicode category such as `\pL` compiles to over a thousand UTF-8 byte ranges. */
const PROPERTY_INSTRUCTIONS = 1_500
const WIDE_RANGE_INSTRUCTIONS = 14

/** Throws a RegexError when RE2 would refuse the expression for its size. */
export function checkSize(node: RegexNode): void {
  if (instructions(node, MAX_NESTED_REPEAT) > MAX_INSTRUCTIONS) {
    throw new RegexError('a regular expression whose repeats make it too large; expected fewer or smaller repeats', 0)
  }
}

function instructions(node: RegexNode, repeatsLeft: number): number {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return 1
    case 'set':
      return setInstructions(node.set.items, node.set.negated, node.set.fold)
    case 'concat':
    case 'alternate':
      return node.parts.reduce((sum, part) => sum + instructions(part, repeatsLeft), node.parts.length)
    case 'group':
      return 2 + instructions(node.of, repeatsLeft)
    case 'repeat': {
      const count = node.max === Number.POSITIVE_INFINITY ? node.min : node.max
      const left = count > 0 ? Math.floor(repeatsLeft / count) : repeatsLeft
      if (left === 0) throw new RegexError('repeats within repeats that multiply to more than 1000', 0)
      return Math.max(count, 1) * (1 + instructions(node.of, left)) + 2
    }
  }
}

function setInstructions(items: readonly CharItem[], negated: boolean, fold: boolean): number {
  const sizes = items.map((item) => {
    if ('property' in item) return PROPERTY_INSTRUCTIONS
    if ('named' in item) return item.negated || fold ? WIDE_RANGE_INSTRUCTIONS : 4
    if (item.high < 0x80) return fold ? 4 : 1
    return fold && item.high - item.low > 16 ? PROPERTY_INSTRUCTIONS : WIDE_RANGE_INSTRUCTIONS
  })
  return sizes.reduce<number>((sum, size) => sum + size, negated ? WIDE_RANGE_INSTRUCTIONS : 1)
}
