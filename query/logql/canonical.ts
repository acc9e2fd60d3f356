import type {
  JsonStage,
  LabelFilter,
  LineFilter,
  LogfmtStage,
  LogSelector,
  QuantityMatcher,
  Stage,
  TextMatcher,
} from './selector.js'
import { COLUMN_LABELS } from './stored-label.js'
import { writeStringLiteral } from './string-literal.js'

/**
 * A selector as text in one normal form: the same for selectors that differ in order, repetition, quoting, spaces or
 * comments. It reads back as a selector with the same canonical text.
 */
export function canonicalLogSelector(selector: LogSelector): string {
  const matchers = sortedUnique(selector.matchers.map(printMatcher))
  return [`{${matchers.join(', ')}}`, ...printStages(selector.stages)].join(' ')
}

/** Names of the labels that a selector's matchers and filters look at, in order and once each. */
export function filterLabelNames(selector: LogSelector): string[] {
  const names = selector.stages.flatMap((stage) => (stage.kind === 'labels' ? namesIn(stage.filter) : []))
  return sortedUnique([...selector.matchers.map((matcher) => matcher.name), ...names])
}

function namesIn(filter: LabelFilter): string[] {
  return filter.kind === 'and' || filter.kind === 'or' ? filter.parts.flatMap(namesIn) : [filter.name]
}

/**
 * Filters only leave out and no stage changes the line, so line filters go first; label filters stay on their side of
 * each parser. Both are sorted.
 */
function printStages(stages: readonly Stage[]): string[] {
  const lines = stages.flatMap((stage) => (stage.kind === 'line' ? splitNegated(stage).map(printLineFilter) : []))
  const parts: string[][] = [[]]
  for (const stage of stages) {
    if (stage.kind === 'labels')
      parts.at(-1)?.push(...splitAnd(simplified(stage.filter)).map((filter) => `| ${printFilter(filter)}`))
    else if (stage.kind !== 'line') parts.push([printParser(stage)], [])
  }
  return [...sortedUnique(lines), ...parts.flatMap(sortedUnique)]
}

function printParser(stage: JsonStage | LogfmtStage): string {
  const fields =
    stage.kind === 'json'
      ? stage.paths?.map(
          ({ name, path }) => `${name}=${writeStringLiteral(path.map((step) => `[${JSON.stringify(step)}]`).join(''))}`,
        )
      : stage.fields?.map(({ name, key }) => `${name}=${writeStringLiteral(key)}`)
  return fields == null ? `| ${stage.kind}` : `| ${stage.kind} ${fields.join(', ')}`
}

/** The filter without repeated parts, and without a group in a group of its own kind. */
function simplified(filter: LabelFilter): LabelFilter {
  if (filter.kind !== 'and' && filter.kind !== 'or') return filter
  const { kind } = filter
  const parts = filter.parts.map(simplified).flatMap((part) => (part.kind === kind ? part.parts : [part]))
  const unique = new Map(parts.map((part) => [printFilter(part), part]))
  const [first] = unique.values()
  return first !== undefined && unique.size === 1 ? first : { kind, parts: [...unique.values()] }
}

/** None of several terms is the same as several filters of one term. */
function splitNegated(filter: LineFilter): LineFilter[] {
  return filter.negated ? filter.terms.map((term) => ({ ...filter, terms: [term] })) : [filter]
}

const splitAnd = (filter: LabelFilter): readonly LabelFilter[] => (filter.kind === 'and' ? filter.parts : [filter])

function printLineFilter(filter: LineFilter): string {
  const isRegex = filter.terms.some((term) => term.regex !== null)
  const operator = filter.negated ? (isRegex ? '!~' : '!=') : isRegex ? '|~' : '|='
  return `${operator} ${sortedUnique(filter.terms.map((term) => writeStringLiteral(term.text))).join(' or ')}`
}

function printFilter(filter: LabelFilter): string {
  switch (filter.kind) {
    case 'text':
      return printMatcher(filter)
    case 'quantity':
      return `${columnName(filter.name)} ${filter.op} ${printQuantity(filter)}`
    case 'and':
    case 'or':
      return `(${sortedUnique(filter.parts.map(printFilter)).join(` ${filter.kind} `)})`
  }
}

function printMatcher(matcher: TextMatcher): string {
  return `${columnName(matcher.name)}${matcher.op}${writeStringLiteral(matcher.text)}`
}

const columnName = (name: string): string => COLUMN_LABELS.get(name) ?? name

function printQuantity({ as, value }: QuantityMatcher): string {
  if (as === 'number') return String(value)
  return `${plainDecimal(value)}${as === 'duration' ? 'ns' : 'B'}`
}

/** Units take no exponent. */
function plainDecimal(value: number): string {
  if (!String(value).includes('e')) return String(value)
  return value >= 1 ? BigInt(value).toString() : value.toFixed(100).replace(/0+$/, '')
}

const sortedUnique = (texts: readonly string[]): string[] => [...new Set(texts)].sort()
