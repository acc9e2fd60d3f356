import { LOG_LEVELS } from '../../schema/domain/telemetry.js'

export type LogLevel = (typeof LOG_LEVELS)[number]

/** The level of a log that names none and whose line tells none; `info` would be a guess. */
export const DEFAULT_LEVEL = 'unknown'

/** Other spellings of levels: syslog's keywords (RFC 5424, table 2), and those of common loggers. */
const SPELLINGS: Readonly<Record<string, LogLevel>> = {
  trc: 'trace',
  verbose: 'trace',
  finest: 'trace',
  dbg: 'debug',
  fine: 'debug',
  inf: 'info',
  information: 'info',
  informational: 'info',
  notice: 'info',
  audit: 'info',
  warning: 'warn',
  wrn: 'warn',
  err: 'error',
  eror: 'error',
  severe: 'error',
  crit: 'fatal',
  critical: 'fatal',
  alert: 'fatal',
  emerg: 'fatal',
  emergency: 'fatal',
  panic: 'fatal',
}

/** A level as it is stored: lower case, known spellings mapped to `LOG_LEVELS`, others as they are. */
export function storedLevel(level: string | null | undefined): string {
  const lower = (level ?? '').trim().toLowerCase()
  if (lower === '') return DEFAULT_LEVEL
  return Object.hasOwn(SPELLINGS, lower) ? (SPELLINGS[lower] ?? lower) : lower
}

/** The level that a word names in a known spelling; null for others. */
export function knownLevel(word: string): LogLevel | null {
  const lower = word.trim().toLowerCase()
  const own = LOG_LEVELS.find((level) => level === lower)
  return own ?? (Object.hasOwn(SPELLINGS, lower) ? (SPELLINGS[lower] ?? null) : null)
}
