import { readTimestamp } from '../../../ingest/parse/timestamp.js'
import type { LogFormat } from '../record.js'

/** Names under which loggers write what the native protocol has fields for; the first that is there is taken. */
const NAMES = {
  at: ['timestamp', '@timestamp', 'time', 'ts'],
  message: ['message', 'msg'],
  level: ['level', 'severity', 'lvl'],
  service: ['service', 'service.name'],
  traceId: ['traceId', 'trace_id'],
  spanId: ['spanId', 'span_id'],
} as const

/** Levels as pino and bunyan number them. */
const NUMBERED: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

/** JSON, an object a line. What has no field of its own becomes an attribute. */
export const jsonl: LogFormat = {
  name: 'jsonl',
  about:
    'a JSON object a line with a timestamp (or time, ts, @timestamp) and a message (or msg); the rest is attributes',
  // A record is one line; what cannot be read is skipped and counted.
  begins: (line) => line.trim() !== '',
  read(line) {
    const object = parsed(line)
    if (object === null) return null
    const rest = { ...object }
    const take = (names: readonly string[]) => {
      const name = names.find((one) => Object.hasOwn(rest, one))
      if (name === undefined) return undefined
      const value = rest[name]
      delete rest[name]
      return value
    }
    const at = readTimestamp(take(NAMES.at))
    const message = take(NAMES.message)
    if (at === null || typeof message !== 'string') return null
    const level = take(NAMES.level)
    const service = take(NAMES.service)
    const [traceId, spanId] = [take(NAMES.traceId), take(NAMES.spanId)]
    const attributes = take(['attributes'])
    return {
      at,
      message,
      service: typeof service === 'string' ? service : null,
      level: typeof level === 'string' ? level : typeof level === 'number' ? (NUMBERED[level] ?? null) : null,
      ...(typeof traceId === 'string' ? { traceId } : {}),
      ...(typeof spanId === 'string' ? { spanId } : {}),
      attributes: { ...(isObject(attributes) ? attributes : {}), ...rest },
    }
  },
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : null
  } catch {
    // Not a record: the caller counts the line as skipped.
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
