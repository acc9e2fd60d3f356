import { printRegex } from '../regex/print.js'
import { type LabelColumns, storedLabelEqualsSql, storedLabelSql } from './label-sql.js'
import type { ParamSink } from './param-sink.js'
import { foundPairsSql } from './parser-sql.js'
import { quantityComparisonSql } from './quantity-sql.js'
import type {
  EventSelector,
  JsonStage,
  LabelFilter,
  LineFilter,
  LogfmtStage,
  LogSelector,
  QuantityMatcher,
  TextMatcher,
} from './selector.js'

/** How stages see a row: the line, and labels by name, as SQL expressions of type String. */
export interface RowSql {
  readonly line: string
  label(name: string): string
  /** A condition that a label equals a text; left out, its value is compared. As stored, indexes help. */
  equals?(name: string, text: string): string
  /** The same for a comparison with a quantity; null, or left out, the label's text is read as one. */
  quantity?(matcher: QuantityMatcher): string | null
}

/** A row as it is stored, before any stage has changed its labels. */
export function storedRow(params: ParamSink, columns?: LabelColumns): RowSql {
  return {
    line: 'message',
    label: (name) => storedLabelSql(name, params, columns),
    equals: (name, text) => storedLabelEqualsSql(name, text, params, columns),
  }
}

/**
 * A selector as a boolean SQL expression over the columns of table `logs`. It is parenthesised, and every text of the
 * query goes through `params`. Time and org are the caller's to add.
 */
export function compileLogFilter(selector: LogSelector, params: ParamSink): string {
  const stored = storedRow(params)
  const conditions = selector.matchers.map((matcher) => labelFilterSql(matcher, stored, params))
  let row = stored
  for (const stage of selector.stages) {
    if (stage.kind === 'line') conditions.push(lineFilterSql(stage, row.line, params))
    else if (stage.kind === 'labels') conditions.push(labelFilterSql(stage.filter, row, params))
    else row = parsedRow(stage, row, stored, params)
  }
  return conditions.length === 0 ? '(true)' : `(${conditions.join(' AND ')})`
}

/**
 * A selector of spans or browser events as a boolean SQL expression over the columns of their table, otherwise like
 * `compileLogFilter`.
 */
export function compileEventFilter(selector: EventSelector, columns: LabelColumns, params: ParamSink): string {
  const row = storedRow(params, columns)
  const conditions = [...selector.matchers, ...selector.filters].map((filter) => labelFilterSql(filter, row, params))
  return conditions.length === 0 ? '(true)' : `(${conditions.join(' AND ')})`
}

/** A row with the labels that a parser finds beside those it has. */
function parsedRow(stage: JsonStage | LogfmtStage, before: RowSql, stored: RowSql, params: ParamSink): RowSql {
  const label = (name: string): string => {
    const names = [`p.1 = ${params.text(name)}`]
    // What is found under a stored name goes by that name and a suffix.
    if (name.endsWith('_extracted')) {
      const plain = name.slice(0, -'_extracted'.length)
      names.push(`p.1 = ${params.text(plain)} AND ${stored.label(plain)} != ''`)
    }
    const found = `arrayFirst(p -> p.2 != '' AND (${names.join(' OR ')}), ${foundPairsSql(stage, before.line, [name], params)}).2`
    return `if(${before.label(name)} != '', CAST(${before.label(name)}, 'String'), ${found})`
  }
  return { line: before.line, label }
}

/** A line filter as a condition; safe to join with AND. */
export function lineFilterSql(filter: LineFilter, line: string, params: ParamSink): string {
  const found = filter.terms.map((term) =>
    term.regex === null
      ? `position(${line}, ${params.text(term.text)}) > 0`
      : `match(${line}, ${params.text(printRegex(term.regex))})`,
  )
  const any = found.length === 1 ? found.join('') : `(${found.join(' OR ')})`
  return filter.negated ? `NOT (${any})` : any
}

/** A label filter as a condition; safe to join with AND. */
export function labelFilterSql(filter: LabelFilter, row: RowSql, params: ParamSink): string {
  switch (filter.kind) {
    case 'text':
      return textMatcherSql(filter, row, params)
    case 'quantity':
      return row.quantity?.(filter) ?? quantityComparisonSql(filter, row.label(filter.name), params)
    case 'and':
    case 'or': {
      const parts = filter.parts.map((part) => `(${labelFilterSql(part, row, params)})`)
      return `(${parts.join(filter.kind === 'and' ? ' AND ' : ' OR ')})`
    }
  }
}

function textMatcherSql(matcher: TextMatcher, row: RowSql, params: ParamSink): string {
  const { name, op, text, regex } = matcher
  if (regex !== null) {
    const whole = params.text(`^(?:${printRegex(regex)})$`)
    return `${op === '!~' ? 'NOT ' : ''}match(${row.label(name)}, ${whole})`
  }
  const equal = row.equals?.(name, text) ?? `${row.label(name)} = ${params.text(text)}`
  return op === '!=' ? `NOT (${equal})` : equal
}
