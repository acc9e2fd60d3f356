import { knownLevel } from '../parse/level.js'
import { BATCH_LIMITS, type TimeBounds } from '../parse/limits.js'
import type { NativeLog } from '../parse/native-logs.js'
import { readTimestamp } from '../parse/timestamp.js'
import { FlatFields } from './flatten.js'
import { readJsonLine } from './json-line.js'
import { readLogfmt } from './logfmt.js'

/** Longer lines are not opened: they are stored, and searched, as they are. */
export const LONGEST_OPENED = 16_384

const LEVELS = ['level', 'severity', 'lvl', 'loglevel', 'log.level', 'severity_text', 'severityText']
const TIMES = ['time', 'timestamp', 'ts', '@timestamp', 'datetime']
const TRACES = ['trace_id', 'traceId', 'traceID', 'trace.id', 'traceid', 'dd.trace_id']
const SPANS = ['span_id', 'spanId', 'spanID', 'span.id', 'spanid', 'dd.span_id']

/** Levels as pino and bunyan number them. */
const NUMBERED: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

/**
 * A log whose message is a line of JSON or logfmt, opened: its fields are attributes, behind those the log has, and what
 * names a level, a time, a trace or a span becomes the log's own where it has none. Null for other lines. The message
 * stays as it was sent.
 */
export function openLine(log: NativeLog, bounds: TimeBounds): NativeLog | null {
  const { message } = log
  if (message.length > LONGEST_OPENED) return null
  const fields = message.charCodeAt(firstMark(message)) === 0x7b ? readJsonLine(message) : readLogfmt(message)
  if (fields === null) return null
  const taken = new Set<string>()
  const level = log.level || take(fields, taken, LEVELS, levelOf)
  const timestamp = log.timestamp ?? take(fields, taken, TIMES, (value) => timeOf(value, bounds))
  const traceId = log.traceId || take(fields, taken, TRACES, idOf)
  const spanId = log.spanId || take(fields, taken, SPANS, idOf)
  return { ...log, level, timestamp, traceId, spanId, attributes: joined(log, fields, taken) }
}

function firstMark(text: string): number {
  let at = 0
  while (at < 8 && text.charCodeAt(at) === 0x20) at++
  return at
}

type Fields = Readonly<Record<string, unknown>>

/** Takes the first field that reads as what is looked for. */
function take<Value>(
  fields: Fields,
  taken: Set<string>,
  names: readonly string[],
  read: (value: unknown) => Value | null,
): Value | null {
  for (const name of names) {
    if (!Object.hasOwn(fields, name)) continue
    const value = read(fields[name])
    if (value === null) continue
    taken.add(name)
    return value
  }
  return null
}

function levelOf(value: unknown): string | null {
  if (typeof value === 'number') return NUMBERED[value] ?? null
  return typeof value === 'string' && value.length <= BATCH_LIMITS.levelLength ? knownLevel(value) : null
}

function timeOf(value: unknown, { from, until }: TimeBounds): string | number | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const at = readTimestamp(value)
  return at !== null && at.ms >= from && at.ms <= until ? value : null
}

const ID = /^[0-9a-zA-Z_-]{1,128}$/

function idOf(value: unknown): string | null {
  return typeof value === 'string' && ID.test(value) ? value : null
}

/** The log's own attributes, and fields whose names they leave free, up to the number a log may have. */
function joined({ attributes, shared }: NativeLog, fields: Fields, taken: ReadonlySet<string>): Fields {
  const all = new FlatFields()
  if (attributes != null) all.addAll(attributes)
  for (const name in fields)
    if (!taken.has(name) && (shared === undefined || !Object.hasOwn(shared, name))) all.add(name, fields[name])
  return all.object
}
