import { parseTimestamp } from '../../schema/domain/timestamp.js'
import { fault } from '../user-fault.js'
import { commaSeparated, type ExportFormat, JSON_LINES } from './formats.js'
import type { ExportedRange } from './log-pages.js'

/** What an export was asked for. */
export interface Asked extends ExportedRange {
  readonly format: ExportFormat
}

const NAMES = ['query', 'from', 'to', 'format', 'order', 'after', 'formulas']

/**
 * Reads the parameters of an export from the address.
 *
 * @throws UserFault
 */
export function readParameters(parameters: Readonly<Record<string, unknown>>, now: number): Asked {
  for (const [name, value] of Object.entries(parameters)) {
    if (!NAMES.includes(name))
      throw fault(
        'INVALID',
        [name.slice(0, 40)],
        `Found the parameter ${JSON.stringify(name.slice(0, 40))}; expected some of ${NAMES.join(', ')}.`,
      )
    if (typeof value !== 'string') throw fault('INVALID', [name], `Found ${name} more than once; expected it once.`)
  }
  const given = parameters as Readonly<Record<string, string | undefined>>
  const from = readTime('from', given.from)
  const to = given.to === undefined ? now : readTime('to', given.to)
  if (from >= to) throw fault('INVALID', ['to'], 'Found an empty range; expected `from` before `to`.')
  const formulas = oneOf('formulas', given.formulas ?? 'escape', ['escape', 'keep'])
  const format = oneOf('format', given.format ?? 'jsonl', ['jsonl', 'csv'])
  return {
    selector: given.query ?? '{}',
    from,
    to,
    order: oneOf('order', (given.order ?? 'asc').toUpperCase(), ['ASC', 'DESC']),
    after: given.after ?? null,
    format: format === 'jsonl' ? JSON_LINES : commaSeparated(formulas),
  }
}

function readTime(name: string, text: string | undefined): number {
  const ms = text === undefined ? null : parseTimestamp(text)
  if (ms !== null) return ms
  const found = text === undefined ? `no \`${name}\`` : JSON.stringify(text.slice(0, 40))
  throw fault(
    text === undefined ? 'REQUIRED' : 'INVALID',
    [name],
    `Found ${found}; expected a time such as 2026-03-01T12:00:00Z.`,
  )
}

function oneOf<Value extends string>(name: string, text: string, values: readonly Value[]): Value {
  const value = values.find((each) => each === text)
  if (value !== undefined) return value
  throw fault('INVALID', [name], `Found ${name}=${JSON.stringify(text.slice(0, 40))}; expected ${values.join(' or ')}.`)
}
