import { QueryError } from '../../schema/domain/query-error.js'
import { labelFilterSql, type RowSql, storedRow } from '../logql/filter-sql.js'
import { type EventSelector, type LabelColumns, type ParamSink, parseEventSelector } from '../logql/index.js'
import type { LabelFilter, QuantityMatcher, TextMatcher } from '../logql/selector.js'
import { undotted } from './dotted-names.js'

/** Labels of a span that are columns of table `spans`; all others are attributes. */
export const SPAN_COLUMNS: LabelColumns = new Map([
  ['service', 'service'],
  ['name', 'name'],
  ['kind', 'kind'],
  ['status', 'status'],
  ['status_message', 'status_message'],
  ['trace_id', 'trace_id'],
  ['traceId', 'trace_id'],
  ['span_id', 'span_id'],
  ['spanId', 'span_id'],
  ['parent_span_id', 'parent_span_id'],
  ['parentSpanId', 'parent_span_id'],
  ['trace_state', 'trace_state'],
  ['scope_name', 'scope_name'],
  ['scope_version', 'scope_version'],
])

/** The label that stands for a span's time; it compares with quantities only. */
const DURATION = 'duration'

/**
 * Reads a selector of spans: matchers, and label filters such as `| duration > 500ms`. Names of attributes may have dots.
 *
 * @throws QueryError
 */
export function parseSpanSelector(selector: string): EventSelector {
  const { text, original } = undotted(selector)
  const { matchers, filters } = parseEventSelector(text)
  const named = (matcher: TextMatcher): TextMatcher => ({ ...matcher, name: original(matcher.name) })
  const renamed = (filter: LabelFilter): LabelFilter => {
    switch (filter.kind) {
      case 'text':
        return textOf(named(filter))
      case 'quantity':
        return quantityOf({ ...filter, name: original(filter.name) })
      case 'and':
      case 'or':
        return { ...filter, parts: filter.parts.map(renamed) }
    }
  }
  return { matchers: matchers.map((matcher) => textOf(named(matcher))), filters: filters.map(renamed) }
}

function textOf(matcher: TextMatcher): TextMatcher {
  if (matcher.name !== DURATION) return matcher
  throw new QueryError(
    `Found duration${matcher.op}${JSON.stringify(matcher.text)}; expected a comparison after the selector, such as {} | duration > 500ms.`,
    1,
    1,
  )
}

function quantityOf(matcher: QuantityMatcher): QuantityMatcher {
  if (matcher.name !== DURATION || matcher.as === 'duration') return matcher
  throw new QueryError(`Found duration ${matcher.op} ${matcher.value}; expected a unit of time, such as 500ms.`, 1, 1)
}

/**
 * A selector of spans as a boolean SQL expression over the columns of table `spans`, parenthesised, every text of it a
 * parameter. Time and org are the caller's to add.
 */
export function compileSpanFilter({ matchers, filters }: EventSelector, params: ParamSink): string {
  const row: RowSql = {
    ...storedRow(params, SPAN_COLUMNS),
    // The column is a number already, and reading it as text would cost as much as the scan.
    quantity: ({ name, op, value }) =>
      name === DURATION ? `duration_ns ${op === '==' ? '=' : op} ${params.number(value)}` : null,
  }
  const conditions = [...matchers, ...filters].map((filter) => labelFilterSql(filter, row, params))
  return conditions.length === 0 ? '(true)' : `(${conditions.join(' AND ')})`
}
