import type { SyntaxNode } from '@lezer/common'
import type { Matcher, MatcherOp } from '../../../schema/domain/matcher.js'
import { RegexError } from '../../regex/node.js'
import type { VectorSelector } from '../ast.js'
import { METRIC_NAME } from '../label-set.js'
import { compilePattern } from '../pattern.js'
import { child, childNodes, literalText, type Source, textOf, wrongAt } from './tree.js'

const OPERATORS: Readonly<Record<string, MatcherOp>> = { EqlSingle: '=', Neq: '!=', EqlRegex: '=~', NeqRegex: '!~' }

/** A vector selector: a name, matchers in braces, or both. */
export function readSelector(source: Source, node: SyntaxNode): VectorSelector {
  const matchers: Matcher[] = []
  const identifier = node.getChild('Identifier')
  let name = identifier === null ? null : textOf(source, identifier)
  if (name !== null) matchers.push({ name: METRIC_NAME, op: '=', value: name })
  const braces = node.getChild('LabelMatchers')
  for (const entry of braces === null ? [] : childNodes(braces)) {
    if (entry.name !== 'QuotedLabelName') {
      const matcher = readMatcher(source, entry)
      if (matcher.name === METRIC_NAME && name !== null) throw namedTwice(source, entry, name, matcher.value)
      matchers.push(matcher)
      continue
    }
    const quoted = literalText(source, child(entry, 'StringLiteral'))
    if (name !== null) throw namedTwice(source, entry, name, quoted)
    name = quoted
    matchers.push({ name: METRIC_NAME, op: '=', value: quoted })
  }
  return {
    kind: 'vectorSelector',
    matchers,
    edges: null,
    offset: null,
    at: null,
    span: { from: node.from, to: node.to },
  }
}

function namedTwice(source: Source, node: SyntaxNode, first: string, second: string) {
  return wrongAt(source, node, `the metric is named twice, "${first}" and "${second}"; expected one name`)
}

function readMatcher(source: Source, node: SyntaxNode): Matcher {
  const quoted = node.getChild('QuotedLabelName')
  const name =
    quoted === null ? textOf(source, child(node, 'LabelName')) : literalText(source, child(quoted, 'StringLiteral'))
  const op = OPERATORS[child(node, 'MatchOp').firstChild?.name ?? '']
  if (op === undefined) throw new Error('grammar: a matcher without an operator')
  const literal = child(node, 'StringLiteral')
  const value = literalText(source, literal)
  if (op === '=~' || op === '!~') checkPattern(source, literal, value)
  return { name, op, value }
}

function checkPattern(source: Source, node: SyntaxNode, pattern: string): void {
  try {
    compilePattern(pattern)
  } catch (error) {
    if (error instanceof RegexError) throw wrongAt(source, node, `wrong regular expression: ${error.message}`)
    throw error
  }
}
