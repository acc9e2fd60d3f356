import { numberValue, stringValue } from '../../query/promql/syntax/literals.js'
import { readSeries, type WrittenSeries } from './series-notation.js'

/** What a case expects beside its series. */
export interface Expectation {
  readonly type: 'fail' | 'warn' | 'info' | 'no_warn' | 'no_info'
  /** The exact message, or a pattern that must be found in it; null for any. */
  readonly message: string | RegExp | null
}

/** One query of a script and what it must give. */
export interface Case {
  readonly line: number
  readonly query: string
  /** Unix ms. */
  readonly times: { readonly kind: 'instant'; readonly at: number } | ({ readonly kind: 'range' } & Steps)
  readonly expectations: readonly Expectation[]
  readonly ordered: boolean
  /** Expected times of samples, when the result is a range of samples. */
  readonly rangeVector: Steps | null
  readonly text: string | null
  /** Series with one sample each, or with one per step. */
  readonly series: readonly WrittenSeries[]
  readonly scalar: number | null
}

export interface Steps {
  readonly start: number
  readonly end: number
  readonly step: number
}

export type Command =
  | { readonly kind: 'clear' }
  | {
      readonly kind: 'load'
      /** Time between samples, ms. */
      readonly interval: number
      readonly withHistograms: boolean
      readonly series: readonly WrittenSeries[]
    }
  | ({ readonly kind: 'eval' } & Case)

/** Reads a script: blocks of lines, each begun by its command. */
export function readScript(text: string): Command[] {
  const lines = text.split('\n').map((line) => line.trim().replace(/^#.*$/, ''))
  const commands: Command[] = []
  for (let at = 0; at < lines.length; at++) {
    if (lines[at] === '') continue
    const from = at
    while (lines[from] !== 'clear' && lines[at + 1] !== undefined && lines[at + 1] !== '') at++
    commands.push(readCommand(lines.slice(from, at + 1), from + 1))
  }
  return commands
}

function readCommand([head = '', ...body]: readonly string[], line: number): Command {
  if (head === 'clear') return { kind: 'clear' }
  const load = /^load(_with_nhcb)?\s+(\S+)$/.exec(head)
  if (load !== null) {
    const series = body.map(readSeries)
    return { kind: 'load', interval: milliseconds(load[2] ?? ''), withHistograms: load[1] !== undefined, series }
  }
  const instant = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+at\s+(\S+)\s+(.+)$/s.exec(head)
  if (instant !== null) {
    const [, variant, at = '', query = ''] = instant
    return { kind: 'eval', times: { kind: 'instant', at: milliseconds(at) }, ...readBody(body, line, query, variant) }
  }
  const range = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.+)$/s.exec(head)
  if (range === null) throw new Error(`line ${line}: no command: ${head}`)
  const [, variant, start = '', end = '', step = '', query = ''] = range
  const times = { kind: 'range' as const, ...steps(start, end, step) }
  return { kind: 'eval', times, ...readBody(body, line, query, variant) }
}

function readBody(
  body: readonly string[],
  line: number,
  query: string,
  variant: string | undefined,
): Omit<Case, 'times'> {
  const expectations: Expectation[] = []
  const series: WrittenSeries[] = []
  let ordered = variant === 'ordered'
  let rangeVector: Steps | null = null
  let text: string | null = null
  let scalar: number | null = null
  if (variant === 'fail' || variant === 'warn' || variant === 'info')
    expectations.push({ type: variant, message: null })
  for (const entry of body) {
    const range = /^expect range vector from (\S+) to (\S+) step (\S+)$/.exec(entry)
    const literal = /^expect string (.*)$/.exec(entry)
    const expect = /^expect\s+(ordered|fail|warn|info|no_warn|no_info)(?:\s+(msg|regex)\s*:\s*(.*))?$/.exec(entry)
    const failure = /^expected_fail_(message|regexp)\s+(.*)$/.exec(entry)
    if (range !== null) rangeVector = steps(range[1] ?? '', range[2] ?? '', range[3] ?? '')
    else if (literal !== null) text = stringValue(literal[1] ?? '')
    else if (expect !== null) {
      if (expect[1] === 'ordered') ordered = true
      else expectations.push({ type: expect[1] as Expectation['type'], message: readMessage(expect[2], expect[3]) })
    } else if (failure !== null) {
      expectations.push({ type: 'fail', message: readMessage(failure[1] === 'regexp' ? 'regex' : 'msg', failure[2]) })
    } else if (/^[+-]?(?:inf|nan|[\d.]\S*)$/i.test(entry)) scalar = signedNumber(entry)
    else series.push(readSeries(entry))
  }
  return { line, query, expectations, ordered, rangeVector, text, series, scalar }
}

function readMessage(kind: string | undefined, text: string | undefined): string | RegExp | null {
  if (kind === undefined || text === undefined) return null
  return kind === 'regex' ? new RegExp(text) : text
}

function steps(start: string, end: string, step: string): Steps {
  return { start: milliseconds(start), end: milliseconds(end), step: milliseconds(step) }
}

function milliseconds(text: string): number {
  return Math.round(signedNumber(text) * 1000)
}

function signedNumber(text: string): number {
  const value = numberValue(text.replace(/^[+-]/, ''))
  return text.startsWith('-') ? -value : value
}
