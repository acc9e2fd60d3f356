import type { RegexNode } from '../regex/node.js'
import { compileRegex, type RegexProgram, runRegex } from '../regex/program.js'
import { foundPairs } from './found-pairs.js'
import { readQuantity } from './quantity.js'
import type { CompareOp, JsonStage, LabelFilter, LineFilter, LogfmtStage, LogSelector } from './selector.js'
import { type LabelledLog, storedLabel } from './stored-label.js'

/** A record on its way through the stages. */
interface Row {
  readonly line: string
  label(name: string): string
}

/** Whether a record meets a selector. This is what the SQL of compileLogFilter must agree with, row by row. */
export function matchesLog(selector: LogSelector, record: LabelledLog): boolean {
  const row: Row = { line: record.message, label: (name) => storedLabel(record, name) }
  if (!selector.matchers.every((matcher) => meetsLabels(matcher, row))) return false
  let now = row
  return selector.stages.every((stage) => {
    if (stage.kind === 'line') return meetsLine(stage, now.line)
    if (stage.kind === 'labels') return meetsLabels(stage.filter, now)
    now = parsed(stage, now, row)
    return true
  })
}

/** The record with the labels that a parser finds beside those it has; what is stored is never overwritten. */
function parsed(stage: JsonStage | LogfmtStage, before: Row, stored: Row): Row {
  const found = foundPairs(stage, before.line)
  const label = (name: string): string => {
    const known = before.label(name)
    if (known !== '') return known
    const plain = name.endsWith('_extracted') ? name.slice(0, -'_extracted'.length) : null
    const isMeant = (key: string) => key === name || (key === plain && stored.label(plain) !== '')
    return found.find(([key, value]) => value !== '' && isMeant(key))?.[1] ?? ''
  }
  return { line: before.line, label }
}

function meetsLine(filter: LineFilter, line: string): boolean {
  const found = filter.terms.some((term) =>
    term.regex === null ? line.includes(term.text) : runs(term.regex, line, false),
  )
  return found !== filter.negated
}

function meetsLabels(filter: LabelFilter, row: Row): boolean {
  switch (filter.kind) {
    case 'text': {
      const value = row.label(filter.name)
      const equal = filter.regex === null ? value === filter.text : runs(filter.regex, value, true)
      return equal !== filter.op.startsWith('!')
    }
    case 'quantity': {
      const value = readQuantity(row.label(filter.name), filter.as)
      return value !== null && compares(value, filter.op, filter.value)
    }
    case 'and':
      return filter.parts.every((part) => meetsLabels(part, row))
    case 'or':
      return filter.parts.some((part) => meetsLabels(part, row))
  }
}

function compares(left: number, op: CompareOp, right: number): boolean {
  switch (op) {
    case '==':
      return left === right
    case '!=':
      return left !== right
    case '>':
      return left > right
    case '>=':
      return left >= right
    case '<':
      return left < right
    case '<=':
      return left <= right
  }
}

const programs = new WeakMap<RegexNode, RegexProgram>()

function runs(regex: RegexNode, text: string, anchored: boolean): boolean {
  let program = programs.get(regex)
  if (program === undefined) {
    program = compileRegex(regex)
    programs.set(regex, program)
  }
  return runRegex(program, text, anchored)
}
