import { parser } from '@grafana/lezer-logql'
import type { SyntaxNode } from '@lezer/common'
import { RegexError, type RegexNode } from '../regex/node.js'
import { parseRegex } from '../regex/parse.js'
import { expectedAt } from './expected.js'
import { LiteralError, readStringLiteral } from './string-literal.js'
import { errorAt, foundAt } from './text-position.js'

const MAX_LENGTH = 8_192

/** A query and its syntax tree without errors, and readers for the parts of the tree. */
export interface Syntax {
  readonly text: string
  /** The node under `Expr`: a `LogExpr` or a `MetricExpr`. */
  readonly root: SyntaxNode
}

/** Parses a query; throws a QueryError at the first place that is no LogQL. `{}` is taken as well. */
export function parseSyntax(text: string): Syntax {
  if (text.length > MAX_LENGTH) {
    throw errorAt(text, 0, `found a query of ${text.length} characters; expected at most ${MAX_LENGTH}`)
  }
  const tree = parser.parse(text)
  const error = firstError(tree.topNode, text)
  if (error !== null)
    throw errorAt(
      text,
      skipBlank(text, error.from),
      `found ${foundAt(text, error.from)}; expected ${expectedAt(error, text)}`,
    )
  const root = tree.topNode.getChild('Expr')?.firstChild
  if (root == null) throw errorAt(text, 0, 'found an empty query; expected a selector such as {service="api"}')
  return { text, root }
}

function firstError(top: SyntaxNode, text: string): SyntaxNode | null {
  let found: SyntaxNode | null = null
  top.cursor().iterate((node) => {
    if (node.type.isError && found === null && !isForgiven(node.node, text)) found = node.node
  })
  return found
}

const isForgiven = (error: SyntaxNode, text: string) => isEmptySelector(error, text) || isOffsetPart(error)

/**
 * The grammar has no rule for an offset after stages, an unwrap and a range, which LogQL allows: the tree then has the
 * two words as errors beside the range.
 */
function isOffsetPart(error: SyntaxNode): boolean {
  if (error.parent?.name !== 'RangeAggregationExpr') return false
  const [before, after] = [error.prevSibling, error.nextSibling]
  if (error.firstChild?.name === 'Offset')
    return before?.name === 'LogRangeExpr' && after?.firstChild?.name === 'Duration'
  return error.firstChild?.name === 'Duration' && before?.firstChild?.name === 'Offset' && before.type.isError
}

/** The grammar wants a matcher in every selector; `{}` means every record here. */
function isEmptySelector(error: SyntaxNode, text: string): boolean {
  const selector = error.parent
  if (selector?.name !== 'Selector' || selector.getChild('Matchers') !== null || error.firstChild !== null) return false
  return /^\{(?:\s|#[^\n]*(?:\n|$))*\}$/.test(text.slice(selector.from, selector.to).trimEnd())
}

function skipBlank(text: string, offset: number): number {
  const blank = /^(?:\s|#[^\n]*)*/.exec(text.slice(offset))?.[0].length ?? 0
  return offset + blank
}

/** The text a node covers. */
export function textOf(syntax: Syntax, node: SyntaxNode): string {
  return syntax.text.slice(node.from, node.to)
}

/** The direct children of a node. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child)
  return children
}

/** The value of a `String` node. */
export function stringOf(syntax: Syntax, node: SyntaxNode): string {
  try {
    return readStringLiteral(textOf(syntax, node))
  } catch (error) {
    if (!(error instanceof LiteralError)) throw error
    throw errorAt(syntax.text, node.from + error.offset, `found ${error.message}`)
  }
}

/** The regular expression that a `String` node holds. */
export function regexOf(syntax: Syntax, node: SyntaxNode): RegexNode {
  const pattern = stringOf(syntax, node)
  try {
    return parseRegex(pattern, { dotAll: true })
  } catch (error) {
    if (!(error instanceof RegexError)) throw error
    // Offsets in the pattern are offsets in the literal only where no escape stands before them.
    const plain = textOf(syntax, node).slice(1).startsWith(pattern.slice(0, error.offset))
    const offset = plain ? node.from + 1 + error.offset : node.from
    throw errorAt(syntax.text, offset, `found ${error.message}; expected a regular expression in RE2's syntax`)
  }
}

/** Refuses a part of LogQL by name. */
export function unsupported(syntax: Syntax, node: SyntaxNode, what: string, expected: string): never {
  throw errorAt(syntax.text, node.from, `${what} is not supported here; expected ${expected}`)
}
