import { pino } from 'pino'
import pretty from 'pino-pretty'
import type { Log } from '../schema/ports/clock.js'

/** Fields that are never written, wherever they stand: the last line of defence, not the first. */
const SECRET_FIELDS = [
  'secret',
  'password',
  'token',
  'apiToken',
  'authorization',
  'signature',
  'cookie',
  'url',
  'connectionString',
]

/** Structured logs on standard output: JSON lines, or lines for people. */
export function createLog(options: {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly pretty: boolean
}): Log {
  const paths = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`])
  const settings = {
    level: options.level,
    base: null,
    redact: { paths, censor: '[secret]' },
    serializers: { err: shownError, error: shownError },
  }
  return options.pretty
    ? pino(settings, pretty({ colorize: process.stdout.isTTY, ignore: 'pid,hostname' }))
    : pino(settings)
}

/** An error without what a driver hangs on it: a lost connection of PostgreSQL carries its whole client. */
function shownError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const code = 'code' in error ? { code: error.code } : {}
  return { name: error.name, message: error.message, ...code, stack: error.stack }
}
