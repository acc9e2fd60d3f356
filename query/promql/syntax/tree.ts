import type { SyntaxNode } from '@lezer/common'
import { meaningError, type PromqlError, syntaxError } from '../query-text.js'
import { stringValue } from './literals.js'

/** A query's text and the grammar's tree over it. */
export interface Source {
  /** As the user wrote it; offsets of nodes hold in it. */
  readonly text: string
  /** As the grammar read it. */
  readonly prepared: string
}

/** What a node covers, as the grammar read it. */
export function textOf(source: Source, node: SyntaxNode): string {
  return source.prepared.slice(node.from, node.to)
}

/** Nodes directly below one, comments left out. */
export function childNodes(node: SyntaxNode): SyntaxNode[] {
  const list: SyntaxNode[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') list.push(child)
  }
  return list
}

/** The first child with a name, which the grammar says is there. */
export function child(node: SyntaxNode, name: string): SyntaxNode {
  const found = node.getChild(name)
  if (found === null) throw new Error(`grammar: ${node.name} without ${name}`)
  return found
}

/** The text of a string literal; a wrong escape is the user's mistake. */
export function literalText(source: Source, node: SyntaxNode): string {
  const value = stringValue(textOf(source, node))
  if (value === null) {
    throw syntaxError(
      source.text,
      node.from,
      textOf(source, node),
      'a string whose escapes are valid, such as "\\\\d+"',
    )
  }
  return value
}

/** Names in parentheses after `by`, `on`, `group_left` and the like. */
export function labelList(source: Source, node: SyntaxNode): string[] {
  return childNodes(node).map((name) =>
    name.name === 'QuotedLabelName' ? literalText(source, child(name, 'StringLiteral')) : textOf(source, name),
  )
}

/** A mistake of meaning at a node. */
export function wrongAt(source: Source, node: SyntaxNode, sentence: string): PromqlError {
  return meaningError(source.text, node, sentence)
}
