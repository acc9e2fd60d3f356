import type { SyntaxNode } from '@lezer/common'
import type { Grouping, MetricExpr, RangeOp, Unwrap } from './metric.js'
import { readMatchers } from './parse-selector.js'
import { readQuantity } from './quantity.js'
import { readLabelFilter } from './read-label-filter.js'
import { readPipeline } from './read-stage.js'
import { childrenOf, type Syntax, textOf, unsupported } from './syntax.js'
import { errorAt } from './text-position.js'

/** What each range aggregation needs: an unwrapped number, none, or either; and whether it takes by and without. */
const RANGE_OPS: Readonly<Record<RangeOp, { readonly unwrap: boolean | 'either'; readonly groups: boolean }>> = {
  count_over_time: { unwrap: false, groups: false },
  rate: { unwrap: 'either', groups: false },
  bytes_over_time: { unwrap: false, groups: false },
  bytes_rate: { unwrap: false, groups: false },
  sum_over_time: { unwrap: true, groups: false },
  avg_over_time: { unwrap: true, groups: true },
  min_over_time: { unwrap: true, groups: true },
  max_over_time: { unwrap: true, groups: true },
  stddev_over_time: { unwrap: true, groups: true },
  stdvar_over_time: { unwrap: true, groups: true },
  quantile_over_time: { unwrap: true, groups: true },
  first_over_time: { unwrap: true, groups: true },
  last_over_time: { unwrap: true, groups: true },
  absent_over_time: { unwrap: 'either', groups: false },
}

/** Reads a `RangeAggregationExpr` node. */
export function readRangeAggregation(syntax: Syntax, node: SyntaxNode): MetricExpr {
  const name = node.getChild('RangeOp') ?? node
  const op = textOf(syntax, name).trim().toLowerCase()
  if (!isRangeOp(op)) return unsupported(syntax, name, op, `one of ${Object.keys(RANGE_OPS).join(', ')}`)
  const range = unwrapParentheses(node.getChild('LogRangeExpr') ?? node)
  const number = node.getChild('Number')
  if ((number !== null) !== (op === 'quantile_over_time')) {
    throw errorAt(
      syntax.text,
      number?.from ?? range.from,
      number === null
        ? 'found quantile_over_time without a quantile; expected one such as quantile_over_time(0.99, …)'
        : `found a number; ${op} takes none`,
    )
  }
  const unwrap = range.getChild('UnwrapExpr')
  checkUnwrap(syntax, name, op, unwrap !== null)
  const grouping = node.getChild('Grouping')
  if (grouping !== null && !RANGE_OPS[op].groups) {
    unsupported(syntax, grouping, `${textOf(syntax, grouping).split(/\W/)[0]} after ${op}`, `sum by (…) (${op}(…))`)
  }
  const offset = range.getChild('OffsetExpr')?.getChild('Duration') ?? lateOffset(node)
  return {
    kind: 'range',
    op,
    parameter: number === null ? null : Number(textOf(syntax, number)),
    pipeline: {
      matchers: range.getChildren('Selector').flatMap((selector) => readMatchers(syntax, selector)),
      stages: range.getChildren('PipelineExpr').flatMap((pipeline) => readPipeline(syntax, pipeline)),
    },
    unwrap: unwrap && readUnwrap(syntax, unwrap),
    range: durationOf(syntax, range.getChild('Range')?.getChild('Duration') ?? range),
    offset: offset == null ? 0 : durationOf(syntax, offset),
    grouping: grouping && readGrouping(syntax, grouping),
  }
}

/** Reads a `Grouping` node. */
export function readGrouping(syntax: Syntax, node: SyntaxNode): Grouping {
  const labels = (list: SyntaxNode): string[] =>
    childrenOf(list).flatMap((child) =>
      child.name === 'Labels' ? labels(child) : child.name === 'Identifier' ? [textOf(syntax, child)] : [],
    )
  return { without: node.getChild('Without') !== null, labels: [...new Set(labels(node))].sort() }
}

/** The duration of an offset that the grammar left beside the range. */
function lateOffset(node: SyntaxNode): SyntaxNode | null {
  const parts = childrenOf(node).filter((child) => child.type.isError)
  return parts.map((part) => part.getChild('Duration')).find((each) => each !== null) ?? null
}

function isRangeOp(name: string): name is RangeOp {
  return Object.hasOwn(RANGE_OPS, name)
}

function unwrapParentheses(node: SyntaxNode): SyntaxNode {
  const inner = node.getChild('LogRangeExpr')
  return inner === null ? node : unwrapParentheses(inner)
}

function checkUnwrap(syntax: Syntax, name: SyntaxNode, op: RangeOp, found: boolean): void {
  const needs = RANGE_OPS[op].unwrap
  if (needs === true && !found) {
    throw errorAt(
      syntax.text,
      name.from,
      `found ${op} of lines; expected a label to take the numbers from, such as | unwrap bytes`,
    )
  }
  if (needs === false && found) {
    throw errorAt(
      syntax.text,
      name.from,
      `found ${op} of an unwrapped label; expected lines, or an aggregation such as sum_over_time`,
    )
  }
}

function readUnwrap(syntax: Syntax, node: SyntaxNode): Unwrap {
  const inner = node.getChild('UnwrapExpr')
  const filter = node.getChild('LabelFilter')
  if (inner !== null && filter !== null) {
    const unwrap = readUnwrap(syntax, inner)
    return { ...unwrap, filters: [...unwrap.filters, readLabelFilter(syntax, filter)] }
  }
  const conversion = node.getChild('ConvOp')?.firstChild?.name
  const as = conversion === undefined ? 'number' : conversion === 'BytesConv' ? 'bytes' : 'duration'
  return { label: textOf(syntax, node.getChild('Identifier') ?? node), as, filters: [] }
}

function durationOf(syntax: Syntax, node: SyntaxNode): number {
  const value = readQuantity(textOf(syntax, node), 'duration')
  if (value === null || value <= 0 || !Number.isSafeInteger(Math.round(value / 1e6))) {
    throw errorAt(syntax.text, node.from, `found ${textOf(syntax, node)}; expected a duration such as 5m or 1h30m`)
  }
  return Math.round(value)
}
