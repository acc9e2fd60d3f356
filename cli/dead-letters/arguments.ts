import { parseArgs } from 'node:util'
import { StartError } from '../../schema/domain/errors.js'
import { SIGNALS, type Signal } from '../../schema/domain/signal.js'

/** Which letters. */
export interface LetterFilter {
  readonly org: string | null
  readonly signal: Signal | null
  /** A part of the reason, letters taken as large or small alike. */
  readonly reason: string | null
  /** Whether those that were replayed are among them. */
  readonly withReplayed: boolean
  readonly limit: number
}

/** What the command line asks for. */
export type DeadLettersCommand =
  | { readonly verb: 'help' }
  | { readonly verb: 'list'; readonly filter: LetterFilter; readonly json: boolean }
  | { readonly verb: 'show'; readonly batchId: string; readonly body: boolean }
  | { readonly verb: 'replay'; readonly batchIds: readonly string[] | null; readonly filter: LetterFilter }

export const HELP = `Usage: tocsin dead-letters list [--org ID] [--signal S] [--reason TEXT] [--replayed] [--limit N] [--json]
       tocsin dead-letters show BATCH_ID [--body]
       tocsin dead-letters replay BATCH_ID... | --all [--org ID] [--signal S] [--reason TEXT]

Batches that were accepted and cannot be stored are put aside, encrypted, with the reason.

  list     those that wait for somebody, oldest first; with --replayed, those that were sent through again as well
  show     all that is known of one; with --body nothing but its body, decrypted, as the client sent it (decompressed)
  replay   sends them through the queue again, each as one new batch however often it is asked for

With servers (DATABASE_URL and the others are set) this works at any time; with stores of its own Tocsin has to be stopped.`

const OPTIONS = {
  org: { type: 'string' },
  signal: { type: 'string' },
  reason: { type: 'string' },
  replayed: { type: 'boolean', default: false },
  limit: { type: 'string', default: '100' },
  json: { type: 'boolean', default: false },
  body: { type: 'boolean', default: false },
  all: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const
type Option = keyof typeof OPTIONS

/** Options that each verb knows. */
const KNOWN: Readonly<Record<'list' | 'show' | 'replay', readonly Option[]>> = {
  list: ['org', 'signal', 'reason', 'replayed', 'limit', 'json'],
  show: ['body'],
  replay: ['all', 'org', 'signal', 'reason'],
}
const BATCH_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Reads the command line after `dead-letters`.
 *
 * @throws StartError SETTING_INVALID.
 */
export function readArguments(argv: readonly string[]): DeadLettersCommand {
  const { values, positionals, tokens } = parsed(argv)
  const [verb, ...ids] = positionals
  if (values.help || verb === undefined) return { verb: 'help' }
  if (verb !== 'list' && verb !== 'show' && verb !== 'replay')
    throw wrong(`${JSON.stringify(verb)} is no command of dead-letters; expected list, show or replay.`)
  for (const token of tokens)
    if (token.kind === 'option' && !KNOWN[verb].some((known) => known === token.name))
      throw wrong(`${verb} knows no --${token.name}; expected ${KNOWN[verb].map((name) => `--${name}`).join(', ')}.`)
  for (const id of ids)
    if (!BATCH_ID.test(id)) throw wrong(`${JSON.stringify(id)} is no batch id; expected a UUID, as list shows it.`)

  const filter = filterOf(values)
  if (verb === 'list') {
    if (ids.length > 0) throw wrong(`list takes no batch ids; found ${ids.length}.`)
    return { verb, filter, json: values.json }
  }
  if (verb === 'show') {
    const [batchId, ...more] = ids
    if (batchId === undefined || more.length > 0) throw wrong(`show expects one batch id; found ${ids.length}.`)
    return { verb, batchId, body: values.body }
  }
  if (values.all === ids.length > 0) throw wrong('replay expects batch ids, or --all and none.')
  if (!values.all && (filter.org ?? filter.signal ?? filter.reason) !== null)
    throw wrong('replay takes --org, --signal and --reason with --all alone.')
  return { verb, batchIds: values.all ? null : ids, filter }
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, tokens: true })
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error))
  }
}

function filterOf(values: {
  readonly org?: string | undefined
  readonly signal?: string | undefined
  readonly reason?: string | undefined
  readonly replayed: boolean
  readonly limit: string
}): LetterFilter {
  const signal = SIGNALS.find((name) => name === values.signal) ?? null
  if (values.signal !== undefined && signal === null)
    throw wrong(`--signal is ${JSON.stringify(values.signal)}; expected ${SIGNALS.join(', ')}.`)
  const limit = Number(values.limit)
  if (!Number.isInteger(limit) || limit < 1 || limit > 100_000)
    throw wrong(`--limit is ${JSON.stringify(values.limit)}; expected 1 to 100000.`)
  return { org: values.org ?? null, signal, reason: values.reason ?? null, withReplayed: values.replayed, limit }
}

function wrong(message: string): StartError {
  return new StartError('SETTING_INVALID', `${message} (tocsin dead-letters --help lists what there is)`)
}
