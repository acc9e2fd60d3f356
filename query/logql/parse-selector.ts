import type { SyntaxNode } from '@lezer/common'
import type { PipelineStage } from './pipeline.js'
import { readMatcher } from './read-label-filter.js'
import { firstWord, readStage, stageBody } from './read-stage.js'
import type { LogSelector, Stage, TextMatcher } from './selector.js'
import { childrenOf, parseSyntax, type Syntax, unsupported } from './syntax.js'
import { errorAt, foundAt } from './text-position.js'

/**
 * Reads a log query: a selector and the stages after it. `{}` stands for every record. Throws a QueryError, which says
 * where, what was found and what was expected, for all that cannot be run as it is written.
 */
export function parseLogSelector(text: string): LogSelector {
  const syntax = parseSyntax(text)
  if (syntax.root.name !== 'LogExpr') {
    throw errorAt(
      text,
      syntax.root.from,
      `found ${foundAt(text, syntax.root.from)}, a metric query; expected a log query such as {service="api"} |= "timeout"`,
    )
  }
  return readLogExpr(syntax, syntax.root)
}

/** Reads a `LogExpr` node, parentheses left away. */
function readLogExpr(syntax: Syntax, node: SyntaxNode): LogSelector {
  const inner = node.getChild('LogExpr')
  if (inner !== null) return readLogExpr(syntax, inner)
  return {
    matchers: node.getChildren('Selector').flatMap((selector) => readMatchers(syntax, selector)),
    stages: node.getChildren('PipelineExpr').flatMap((pipeline) => readFilters(syntax, pipeline)),
  }
}

/** Reads the matchers of a `Selector` node, in order. */
export function readMatchers(syntax: Syntax, node: SyntaxNode): TextMatcher[] {
  return childrenOf(node).flatMap((child) => {
    if (child.name === 'Matchers') return readMatchers(syntax, child)
    return child.name === 'Matcher' ? [readMatcher(syntax, child)] : []
  })
}

function readFilters(syntax: Syntax, node: SyntaxNode): Stage[] {
  return childrenOf(node).flatMap((child) => {
    if (child.name === 'PipelineExpr') return readFilters(syntax, child)
    const body = stageBody(syntax, child)
    const word = firstWord(syntax, body)
    return readStage(syntax, child).map((stage) => {
      if (isFilterStage(stage)) return stage
      return unsupported(syntax, body, `| ${word}`, 'line filters, label filters, json and logfmt in a log query')
    })
  })
}

function isFilterStage(stage: PipelineStage): stage is Stage {
  return stage.kind === 'line' || stage.kind === 'labels' || stage.kind === 'json' || stage.kind === 'logfmt'
}
