import type { SyntaxNode } from '@lezer/common'
import type { MatcherOp } from '../../schema/domain/matcher.js'
import { readQuantity } from './quantity.js'
import type { CompareOp, LabelFilter, Quantity, QuantityMatcher, TextMatcher } from './selector.js'
import { childrenOf, regexOf, type Syntax, stringOf, textOf, unsupported } from './syntax.js'
import { errorAt } from './text-position.js'

/** Reads a `Matcher` node. */
export function readMatcher(syntax: Syntax, node: SyntaxNode): TextMatcher {
  const [name, op, value] = childrenOf(node)
  if (name === undefined || op === undefined || value === undefined)
    throw errorAt(syntax.text, node.from, 'found half a matcher; expected one such as service="api"')
  const sign = textOf(syntax, op) as MatcherOp
  const isRegex = sign === '=~' || sign === '!~'
  return {
    kind: 'text',
    name: textOf(syntax, name),
    op: sign,
    text: stringOf(syntax, value),
    regex: isRegex ? regexOf(syntax, value) : null,
  }
}

/** Reads a `LabelFilter` node, the operator `and` binding tighter than `or`; a comma is an `and`. */
export function readLabelFilter(syntax: Syntax, node: SyntaxNode): LabelFilter {
  const [first, ...rest] = childrenOf(node)
  if (first === undefined)
    throw errorAt(syntax.text, node.from, 'found an empty label filter; expected one such as status >= 500')
  switch (first.name) {
    case 'Matcher':
      return readMatcher(syntax, first)
    case 'UnitFilter':
      return readUnitFilter(syntax, first)
    case 'NumberFilter':
      return readComparison(syntax, first, 'number')
    case 'IpLabelFilter':
      return unsupported(syntax, first, 'ip()', 'a text or a number to compare with')
    default: {
      const parts = [first, ...rest].filter((child) => child.name === 'LabelFilter')
      const filters = parts.map((part) => readLabelFilter(syntax, part))
      const [only] = filters
      if (only !== undefined && filters.length === 1) return only
      const kind = rest.some((child) => child.name === 'Or') ? 'or' : 'and'
      // Chains of one kind are flat, so that the same filter has one form.
      return { kind, parts: filters.flatMap((filter) => (filter.kind === kind ? filter.parts : [filter])) }
    }
  }
}

function readUnitFilter(syntax: Syntax, node: SyntaxNode): QuantityMatcher {
  const inner = node.firstChild ?? node
  return readComparison(syntax, inner, inner.name === 'DurationFilter' ? 'duration' : 'bytes')
}

function readComparison(syntax: Syntax, node: SyntaxNode, as: Quantity): QuantityMatcher {
  const [name, op, literal] = childrenOf(node)
  if (name === undefined || op === undefined || literal === undefined)
    throw errorAt(syntax.text, node.from, 'found half a comparison; expected one such as status >= 500')
  const value = readLiteral(textOf(syntax, literal), as)
  if (value === null || !Number.isFinite(value)) {
    throw errorAt(
      syntax.text,
      literal.from,
      `found ${textOf(syntax, literal)}; expected a number, a duration such as 1m30s or bytes such as 10KB`,
    )
  }
  const sign = textOf(syntax, op)
  return { kind: 'quantity', name: textOf(syntax, name), op: (sign === '=' ? '==' : sign) as CompareOp, as, value }
}

function readLiteral(text: string, as: Quantity): number | null {
  const compact = text.replace(/\s+/g, '')
  if (as !== 'number') return readQuantity(compact, as)
  const hex = /^([+-]?)0x([0-9a-fA-F]+)$/.exec(compact)
  if (hex !== null) return Number.parseInt(hex[2] ?? '', 16) * (hex[1] === '-' ? -1 : 1)
  return readQuantity(compact, 'number')
}
