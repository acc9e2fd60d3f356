import type { SyntaxNode } from '@lezer/common'

const STAGES = 'a line filter such as |= "text", a stage such as | json, or the end of the query'

/** What could stand where the parser met an error, in words. */
export function expectedAt(error: SyntaxNode, text: string): string {
  const parent = error.parent?.name ?? ''
  const before = error.prevSibling?.name ?? ''
  const found = text.slice(error.from).trimStart()
  switch (parent) {
    case 'Selector':
    case 'Matchers':
      return inSelector(before, found)
    case 'Matcher':
      return inMatcher(before, found)
    case 'LineFilter':
    case 'OrFilter':
      return 'a text in double quotes or backticks'
    case 'PipelineStage':
      return /^unwrap\b/i.test(found)
        ? 'unwrap only inside a range aggregation such as sum_over_time({…} | unwrap bytes [5m])'
        : 'a stage: json, logfmt, pattern, regexp, line_format, label_format, drop, keep or a label filter'
    case 'NumberFilter':
    case 'DurationFilter':
    case 'BytesFilter':
    case 'LabelFilter':
      return 'a label filter such as status >= 500 or method="GET", joined by "and", "or" or a comma'
    case 'LogQL':
    case 'Expr':
    case 'LogExpr':
      return before === '' && !text.trimStart().startsWith('{') ? 'a selector such as {service="api"}' : STAGES
    case 'Range':
    case 'LogRangeExpr':
    case 'RangeAggregationExpr':
      return 'a range in brackets after the selector, such as [5m], and a closing parenthesis'
    default:
      return parent.endsWith('Expr') ? STAGES : 'a query such as {service="api"} |= "timeout"'
  }
}

function inSelector(before: string, found: string): string {
  if (/^["'`]/.test(found)) return 'a label name without quotes; dots are written as underscores'
  if (/^[A-Za-z_]/.test(found)) return 'a label name that is no word of LogQL such as json, offset or on'
  return before === 'Matchers' || before === 'Matcher'
    ? '"}", or a comma and another label matcher'
    : 'a label matcher such as service="api", or "}"'
}

function inMatcher(before: string, found: string): string {
  if (before === 'Identifier') {
    return found.startsWith('.')
      ? 'a label name without dots, which are written as underscores'
      : 'one of =, !=, =~, !~'
  }
  return 'a value in double quotes or backticks'
}
