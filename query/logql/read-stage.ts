import type { SyntaxNode } from '@lezer/common'
import { readLabelFilter } from './read-label-filter.js'
import { readLineFilters } from './read-line-filter.js'
import type { Stage } from './selector.js'
import { childrenOf, type Syntax, textOf, unsupported } from './syntax.js'
import { errorAt } from './text-position.js'

/** Reads a `PipelineStage` node; a run of line filters gives a stage each. */
export function readStage(syntax: Syntax, node: SyntaxNode): Stage[] {
  const body = childrenOf(node).find((child) => child.name !== 'Pipe')
  if (body === undefined) throw errorAt(syntax.text, node.from, 'found an empty stage; expected one such as | json')
  switch (body.name) {
    case 'LineFilters':
      return readLineFilters(syntax, body)
    case 'LabelFilter':
      return [{ kind: 'labels', filter: readLabelFilter(syntax, body) }]
    default: {
      const word = textOf(syntax, body).split(/\s/)[0] ?? ''
      return unsupported(syntax, body, `| ${word}`, 'line filters and label filters')
    }
  }
}
