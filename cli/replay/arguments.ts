import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { FORMATS } from './formats.js'
import type { LogFormat } from './record.js'

/** What the command line asks for. */
export interface ReplayArguments {
  readonly file: string
  readonly format: LogFormat
  /** 0 does not wait. */
  readonly speed: number
  /** Null where the bootstrap file is to tell. */
  readonly url: string | null
  readonly key: string | null
  readonly secret: string | null
  readonly bootstrap: string
  readonly batch: number
  readonly service: string | null
}

/** A command line that cannot be followed; the message is a sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const OPTIONS = {
  format: { type: 'string' },
  speed: { type: 'string', default: '1' },
  url: { type: 'string' },
  key: { type: 'string' },
  secret: { type: 'string' },
  bootstrap: { type: 'string' },
  batch: { type: 'string', default: '500' },
  service: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/**
 * Reads the command line; null when it asks for help.
 *
 * @param dataDir Where the bootstrap file lies unless the command line names it.
 *
 * @throws UsageError.
 */
export function readArguments(argv: readonly string[], dataDir = '.tocsin'): ReplayArguments | null {
  const { values, positionals } = parsed(argv)
  if (values.help) return null
  const [file, ...more] = positionals
  if (file === undefined || more.length > 0) throw new UsageError(`Expected one file; found ${positionals.length}.`)
  const known = `one of ${[...FORMATS.keys()].join(', ')}`
  if (values.format === undefined) throw new UsageError(`Expected --format with ${known}.`)
  const format = FORMATS.get(values.format)
  if (format === undefined) throw new UsageError(`--format is ${values.format}; expected ${known}.`)
  const speed = Number(values.speed)
  if (!(speed >= 0) || !Number.isFinite(speed) || values.speed.trim() === '')
    throw new UsageError(`--speed is ${values.speed}; expected 0 or a positive number.`)
  const batch = Number(values.batch)
  if (!Number.isInteger(batch) || batch < 1 || batch > 1_000)
    throw new UsageError(`--batch is ${values.batch}; expected 1 to 1000.`)
  if (values.url !== undefined && !/^https?:\/\//.test(values.url))
    throw new UsageError(`--url is ${values.url}; expected http:// or https://.`)
  const { url = null, key = null, secret = null, service = null } = values
  const bootstrap = values.bootstrap ?? join(dataDir, 'bootstrap.json')
  return { file, format, speed, url, key, secret, bootstrap, batch, service }
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? `${error.message.split('.')[0]}.` : String(error))
  }
}

const FORMAT_LINES = [...FORMATS.values()]
  .map(({ name, about }) => `                      ${name}: ${about}`)
  .join('\n')

export const HELP = `Sends a log file to Tocsin as signed batches, its times moved so that it begins now.

  npm run replay -- FILE --format ${[...FORMATS.keys()].join('|')} [options]

  --format NAME     How the file is written:
${FORMAT_LINES}
  --speed N         How many times faster than the file it goes; distances between records shrink by it (default 1).
                    0 does not wait: distances stay as they are, and the last record bears the present time.
  --batch N         Records a batch, 1 to 1000 (default 500). What is due within 250 ms goes together.
  --service NAME    The service of records that name none.
  --bootstrap PATH  Where the first start of Tocsin left its credentials (default bootstrap.json in
                    TOCSIN_DATA_DIR, which is .tocsin unless set).
  --url URL         Of the ingest edge, if not as in that file. --key and --secret likewise: an ingest key of scheme
                    CANONICAL.

Batches that fail are sent again, with growing pauses or when the answer says, under the same idempotency key: nothing
is stored twice. Ctrl-C ends it after the batch under way.
`
