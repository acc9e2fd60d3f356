import type { SyntaxNode } from '@lezer/common'
import { printRegex } from '../regex/print.js'
import type { MetricExpr, VectorOp } from './metric.js'
import { readBinary } from './read-binary.js'
import { readGrouping, readRangeAggregation } from './read-range.js'
import { readReplacement, regexGroups } from './read-replacement.js'
import { childrenOf, parseSyntax, regexOf, type Syntax, stringOf, textOf, unsupported } from './syntax.js'
import { errorAt } from './text-position.js'

/** Reads a metric query. Throws a QueryError for all that cannot be run as it is written. */
export function parseLogMetric(text: string): MetricExpr {
  const syntax = parseSyntax(text)
  if (syntax.root.name !== 'MetricExpr') {
    throw errorAt(
      text,
      syntax.root.from,
      'found a log query; expected a metric query such as sum by (service) (rate({level="error"}[5m]))',
    )
  }
  return readMetric(syntax, syntax.root)
}

/** Reads a `MetricExpr` node. */
export function readMetric(syntax: Syntax, node: SyntaxNode): MetricExpr {
  const body = node.name === 'Expr' || node.name === 'MetricExpr' ? node.firstChild : node
  switch (body?.name) {
    case 'MetricExpr':
      return readMetric(syntax, body)
    case 'RangeAggregationExpr':
      return readRangeAggregation(syntax, body)
    case 'VectorAggregationExpr':
      return readVectorAggregation(syntax, body)
    case 'BinOpExpr':
      return readBinary(syntax, body, (operand) => readMetric(syntax, operand))
    case 'LiteralExpr':
      return { kind: 'number', value: Number(textOf(syntax, body).replace(/\s+/g, '')) }
    case 'VectorExpr':
      return { kind: 'constant', value: Number(textOf(syntax, body.getChild('Number') ?? body)) }
    case 'LabelReplaceExpr':
      return readLabelReplace(syntax, body)
    default:
      throw errorAt(syntax.text, node.from, 'found a log query; expected a metric, such as rate({…}[5m])')
  }
}

const VECTOR_OPS: readonly VectorOp[] = ['sum', 'avg', 'min', 'max', 'count', 'stddev', 'stdvar', 'topk', 'bottomk']

function readVectorAggregation(syntax: Syntax, node: SyntaxNode): MetricExpr {
  const name = node.getChild('VectorOp') ?? node
  const written = textOf(syntax, name).trim().toLowerCase()
  const op = VECTOR_OPS.find((each) => each === written)
  if (op === undefined) return unsupported(syntax, name, written, `one of ${VECTOR_OPS.join(', ')}`)
  const of = node.getChild('MetricExpr')
  const number = node.getChild('Number')
  const picks = op === 'topk' || op === 'bottomk'
  const parameter = number === null ? null : Number(textOf(syntax, number))
  if (of === null) throw errorAt(syntax.text, node.from, `found ${op} of nothing; expected a metric in parentheses`)
  if (picks ? parameter === null || !Number.isInteger(parameter) || parameter < 1 : parameter !== null) {
    const place = number?.from ?? of.from
    throw errorAt(
      syntax.text,
      place,
      picks
        ? `found ${op} without a count; expected one such as ${op}(5, …)`
        : `found a number before the metric; ${op} takes none`,
    )
  }
  const grouping = node.getChild('Grouping')
  return {
    kind: 'vector',
    op,
    parameter,
    of: readMetric(syntax, of),
    grouping: grouping && readGrouping(syntax, grouping),
  }
}

function readLabelReplace(syntax: Syntax, node: SyntaxNode): MetricExpr {
  const of = node.getChild('MetricExpr')
  const [target, replacement, source, pattern] = childrenOf(node).filter((child) => child.name === 'String')
  if (
    of === null ||
    target === undefined ||
    replacement === undefined ||
    source === undefined ||
    pattern === undefined
  ) {
    throw errorAt(
      syntax.text,
      node.from,
      'found too few arguments; expected label_replace(metric, "target", "$1", "source", "(.*)")',
    )
  }
  const name = stringOf(syntax, target)
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw errorAt(
      syntax.text,
      target.from,
      `found the label ${JSON.stringify(name)}; expected letters, digits and underscores`,
    )
  }
  const regex = regexOf(syntax, pattern)
  return {
    kind: 'replace',
    of: readMetric(syntax, of),
    target: name,
    source: stringOf(syntax, source),
    pattern: `^(?:${printRegex(regex, true)})$`,
    replacement: readReplacement(stringOf(syntax, replacement), regexGroups(regex)),
  }
}
