import type { SyntaxNode } from '@lezer/common'
import type { PipelineStage } from './pipeline.js'
import { readDropOrKeep, readLabelFormat, readLineFormat } from './read-format-stage.js'
import { readLabelFilter } from './read-label-filter.js'
import { readLineFilters } from './read-line-filter.js'
import { readJsonFields, readLabelParser, readLogfmt } from './read-parser-stage.js'
import { childrenOf, type Syntax, textOf, unsupported } from './syntax.js'
import { errorAt } from './text-position.js'

/** Reads the stages of a `PipelineExpr` node, in order. */
export function readPipeline(syntax: Syntax, node: SyntaxNode): PipelineStage[] {
  return childrenOf(node).flatMap((child) =>
    child.name === 'PipelineExpr' ? readPipeline(syntax, child) : readStage(syntax, child),
  )
}

/** Reads a `PipelineStage` node; a run of line filters gives a stage each. */
export function readStage(syntax: Syntax, node: SyntaxNode): PipelineStage[] {
  const body = stageBody(syntax, node)
  switch (body.name) {
    case 'LineFilters':
      return readLineFilters(syntax, body)
    case 'LabelFilter':
      return [{ kind: 'labels', filter: readLabelFilter(syntax, body) }]
    case 'LabelParser':
      return [readLabelParser(syntax, body)]
    case 'JsonExpressionParser':
      return [readJsonFields(syntax, body)]
    case 'LogfmtParser':
    case 'LogfmtExpressionParser':
      return [readLogfmt(syntax, body)]
    case 'LineFormatExpr':
      return [readLineFormat(syntax, body)]
    case 'LabelFormatExpr':
      return [readLabelFormat(syntax, body)]
    case 'DropLabelsExpr':
    case 'KeepLabelsExpr':
      return [readDropOrKeep(syntax, body)]
    default:
      return unsupported(syntax, body, `| ${firstWord(syntax, body)}`, 'a parser, a format or a filter')
  }
}

/** What a `PipelineStage` node does, without its `|`. */
export function stageBody(syntax: Syntax, node: SyntaxNode): SyntaxNode {
  const body = childrenOf(node).find((child) => child.name !== 'Pipe')
  if (body === undefined) throw errorAt(syntax.text, node.from, 'found an empty stage; expected one such as | json')
  return body
}

/** The word a stage goes by. */
export function firstWord(syntax: Syntax, node: SyntaxNode): string {
  return textOf(syntax, node).split(/\s/)[0] ?? ''
}
