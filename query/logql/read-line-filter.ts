import type { SyntaxNode } from '@lezer/common'
import type { LineFilter, Term } from './selector.js'
import { childrenOf, regexOf, type Syntax, stringOf, unsupported } from './syntax.js'

/** Reads the chain of line filters under a `LineFilters` node, in order. */
export function readLineFilters(syntax: Syntax, node: SyntaxNode): LineFilter[] {
  return childrenOf(node).flatMap((child) =>
    child.name === 'LineFilters' ? readLineFilters(syntax, child) : [readLineFilter(syntax, child)],
  )
}

function readLineFilter(syntax: Syntax, node: SyntaxNode): LineFilter {
  const operator = node.getChild('Filter')?.firstChild?.name
  if (operator === 'PipePattern' || operator === 'Npa') {
    unsupported(syntax, node, operator === 'Npa' ? '!>' : '|>', 'one of |=, !=, |~, !~')
  }
  const isRegex = operator === 'PipeMatch' || operator === 'Nre'
  return {
    kind: 'line',
    negated: operator === 'Neq' || operator === 'Nre',
    terms: readTerms(syntax, node, isRegex),
  }
}

/** The term of the filter and those after each `or`, which nest to the right. */
function readTerms(syntax: Syntax, node: SyntaxNode, isRegex: boolean): Term[] {
  return childrenOf(node).flatMap((child): Term[] => {
    switch (child.name) {
      case 'String':
        return [{ text: stringOf(syntax, child), regex: isRegex ? regexOf(syntax, child) : null }]
      case 'OrFilter':
        return readTerms(syntax, child, isRegex)
      case 'FilterOp':
        return unsupported(syntax, child, 'ip()', 'a text in double quotes or backticks')
      default:
        return []
    }
  })
}
