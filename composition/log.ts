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
  const settings = { level: options.level, base: null, redact: { paths, censor: '[secret]' } }
  return options.pretty
    ? pino(settings, pretty({ colorize: process.stdout.isTTY, ignore: 'pid,hostname' }))
    : pino(settings)
}
