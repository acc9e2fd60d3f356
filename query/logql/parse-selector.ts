import type { SyntaxNode } from '@lezer/common'
import type { Pipeline, PipelineStage } from './pipeline.js'
import { readMatcher } from './read-label-filter.js'
import { firstWord, readPipeline, readStage, stageBody } from './read-stage.js'
import type { EventSelector, LogSelector, Stage, TextMatcher } from './selector.js'
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
  return readLogExpr(syntax, syntax.root, LOG_STAGES)
}

/**
 * Reads a log query with any stages: beside filters those that parse and format, so that a later filter can see what they
 * made and `line_format` can say how a record is shown.
 */
export function parseLogPipeline(text: string): Pipeline {
  const syntax = parseSyntax(text)
  if (syntax.root.name !== 'LogExpr') {
    throw errorAt(
      text,
      syntax.root.from,
      `found ${foundAt(text, syntax.root.from)}, a metric query; expected a log query such as {service="api"} |= "timeout"`,
    )
  }
  return readPipelineExpr(syntax, syntax.root)
}

function readPipelineExpr(syntax: Syntax, node: SyntaxNode): Pipeline {
  const inner = node.getChild('LogExpr')
  if (inner !== null) return readPipelineExpr(syntax, inner)
  return {
    matchers: node.getChildren('Selector').flatMap((selector) => readMatchers(syntax, selector)),
    stages: node.getChildren('PipelineExpr').flatMap((pipeline) => readPipeline(syntax, pipeline)),
  }
}

/** A pipeline as a selector; null when it has other stages than a selector may have. */
export function asSelector({ matchers, stages }: Pipeline): LogSelector | null {
  const filters = stages.filter(isFilterStage)
  return filters.length === stages.length ? { matchers, stages: filters } : null
}

/**
 * Reads a selector of spans or browser events: matchers and label filters. They have no line, so what reads or parses
 * one is refused by name.
 */
export function parseEventSelector(text: string): EventSelector {
  const syntax = parseSyntax(text)
  if (syntax.root.name !== 'LogExpr') {
    throw errorAt(
      text,
      syntax.root.from,
      `found ${foundAt(text, syntax.root.from)}, a metric query; expected a selector such as {page="/cart"}`,
    )
  }
  const { matchers, stages } = readLogExpr(syntax, syntax.root, EVENT_STAGES)
  return { matchers, filters: stages.flatMap((stage) => (stage.kind === 'labels' ? [stage.filter] : [])) }
}

/** The stages that a selector may have, and how they are named to whoever wrote another. */
interface StagesTaken {
  readonly kinds: readonly PipelineStage['kind'][]
  readonly words: string
}

const LOG_STAGES: StagesTaken = {
  kinds: ['line', 'labels', 'json', 'logfmt'],
  words: 'line filters, label filters, json and logfmt in a log query',
}
const EVENT_STAGES: StagesTaken = {
  kinds: ['labels'],
  words: 'label filters such as | value > 2500, since spans and browser events have no line',
}

/** Reads a `LogExpr` node, parentheses left away. */
function readLogExpr(syntax: Syntax, node: SyntaxNode, taken: StagesTaken): LogSelector {
  const inner = node.getChild('LogExpr')
  if (inner !== null) return readLogExpr(syntax, inner, taken)
  return {
    matchers: node.getChildren('Selector').flatMap((selector) => readMatchers(syntax, selector)),
    stages: node.getChildren('PipelineExpr').flatMap((pipeline) => readFilters(syntax, pipeline, taken)),
  }
}

/** Reads the matchers of a `Selector` node, in order. */
export function readMatchers(syntax: Syntax, node: SyntaxNode): TextMatcher[] {
  return childrenOf(node).flatMap((child) => {
    if (child.name === 'Matchers') return readMatchers(syntax, child)
    return child.name === 'Matcher' ? [readMatcher(syntax, child)] : []
  })
}

function readFilters(syntax: Syntax, node: SyntaxNode, taken: StagesTaken): Stage[] {
  return childrenOf(node).flatMap((child) => {
    if (child.name === 'PipelineExpr') return readFilters(syntax, child, taken)
    const body = stageBody(syntax, child)
    const word = firstWord(syntax, body)
    return readStage(syntax, child).map((stage) => {
      if (isFilterStage(stage) && taken.kinds.includes(stage.kind)) return stage
      return unsupported(syntax, body, stage.kind === 'line' ? word : `| ${word}`, taken.words)
    })
  })
}

function isFilterStage(stage: PipelineStage): stage is Stage {
  return LOG_STAGES.kinds.includes(stage.kind)
}
