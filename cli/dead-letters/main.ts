import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Pool } from 'pg'
import { openDatabases } from '../../composition/databases.js'
import { createParts, type Parts } from '../../composition/parts.js'
import { createStops } from '../../composition/stops.js'
import type { Config } from '../../config.js'
import { newBatchId } from '../../ingest/edge/batch-id.js'
import { SealError } from '../../prisma/sealing.js'
import { StartError } from '../../schema/domain/errors.js'
import { unpackBody } from '../../schema/ports/packed-body.js'
import type { Log } from '../../schema/ports.js'
import { type DeadLettersCommand, HELP, type LetterFilter, readArguments } from './arguments.js'
import { findLetter, type Letter, listLetters, type SealedLetter } from './letters.js'
import { detailsOf, tableOf } from './lines.js'
import { openBody, type ReplayDeps, replayLetter } from './replay.js'

/** Where a command speaks to. */
export interface Output {
  /** What was asked for. */
  write(text: string | Uint8Array): void
  /** What is said besides. */
  say(line: string): void
  /** Whether a person reads what is written. */
  readonly isTerminal: boolean
}

/** Letters of a `replay --all` that are looked up at once. */
const PAGE = 100

/**
 * `tocsin dead-letters …`.
 *
 * @returns The exit status.
 * @throws StartError for what the operator can put right.
 */
export async function runDeadLetters(argv: readonly string[], config: Config, output: Output): Promise<number> {
  const command = readArguments(argv)
  if (command.verb === 'help') {
    output.write(`${HELP}\n`)
    return 0
  }
  requireStores(config)
  const log = quietLog(output)
  const stops = createStops(log)
  try {
    const databases = await openDatabases(config, log, stops)
    return await run(command, createParts(config, databases, log, stops), output)
  } catch (error) {
    if (error instanceof SealError)
      throw new StartError('SETTING_INVALID', `${error.message} TOCSIN_MASTER_KEY has to be that of the time.`)
    throw error
  } finally {
    await stops.run()
  }
}

/** Looking for letters where Tocsin never ran would make empty stores there. */
function requireStores(config: Config): void {
  const folder = resolve(config.TOCSIN_DATA_DIR)
  if (config.DATABASE_URL === undefined && !existsSync(folder))
    throw new StartError(
      'DATA_DIR_UNUSABLE',
      `There is no data directory at ${folder}; set TOCSIN_DATA_DIR to that of a Tocsin that has run, or DATABASE_URL.`,
    )
}

async function run(command: Exclude<DeadLettersCommand, { verb: 'help' }>, parts: Parts, output: Output) {
  const pool = parts.controlPool()
  const now = parts.clock.now()
  if (command.verb === 'list') {
    const letters = await listLetters(pool, command.filter)
    const lines = command.json ? letters.map((letter) => JSON.stringify(letter)) : tableOf(letters, now)
    for (const line of lines) output.write(`${line}\n`)
    if (letters.length === 0) output.say('No dead letters.')
    if (letters.length === command.filter.limit) output.say(`There may be more than ${letters.length}; see --limit.`)
    return 0
  }
  if (command.verb === 'show') {
    const letter = await existing(pool, command.batchId)
    if (command.body) output.write(await bodyOf(letter, parts, output))
    else for (const line of detailsOf(letter, now)) output.write(`${line}\n`)
    return 0
  }
  const deps: ReplayDeps = {
    pool,
    intake: parts.intake(),
    sealer: parts.sealer,
    newBatchId: () => newBatchId(parts.clock.now(), parts.random.bytes(16)),
  }
  if (command.batchIds === null) return replayAll(command.filter, deps, output)
  // Looked up before any is sent: a misspelt id leaves all as they are.
  const letters: SealedLetter[] = []
  for (const batchId of command.batchIds) letters.push(await existing(pool, batchId))
  for (const letter of letters) await replay(letter, deps, output)
  return 0
}

async function replayAll(filter: LetterFilter, deps: ReplayDeps, output: Output): Promise<number> {
  let replayed = 0
  for (;;) {
    const page: Letter[] = await listLetters(deps.pool, { ...filter, withReplayed: false, limit: PAGE })
    for (const { batchId } of page) await replay(await existing(deps.pool, batchId), deps, output)
    replayed += page.length
    if (page.length < PAGE) break
  }
  output.say(replayed === 0 ? 'No dead letters to replay.' : `${replayed} replayed.`)
  return 0
}

async function replay(letter: SealedLetter, deps: ReplayDeps, output: Output): Promise<void> {
  const { replayedAs, before } = await replayLetter(letter, deps)
  output.write(`${letter.batchId} ${before ? 'was replayed before' : 'is in the queue again'} as ${replayedAs}\n`)
}

async function existing(pool: Pool, batchId: string): Promise<SealedLetter> {
  const letter = await findLetter(pool, batchId)
  if (letter === null)
    throw new StartError('SETTING_INVALID', `There is no dead letter ${batchId}; tocsin dead-letters list names them.`)
  return letter
}

async function bodyOf(letter: SealedLetter, parts: Parts, output: Output): Promise<Uint8Array> {
  const isText = letter.protocol.endsWith('json')
  if (!isText && output.isTerminal)
    throw new StartError(
      'SETTING_INVALID',
      `The body of ${letter.batchId} is ${letter.protocol}, not text; send the output to a file.`,
    )
  return unpackBody(openBody(letter, parts.sealer))
}

/** Warnings and errors only, apart from what was asked for. */
function quietLog(output: Output): Log {
  const tell = (fields: object, message: string) => {
    const cause = 'error' in fields ? fields.error : 'err' in fields ? fields.err : null
    output.say(cause === null ? message : `${message} (${cause instanceof Error ? cause.message : String(cause)})`)
  }
  const log: Log = { debug: () => undefined, info: () => undefined, warn: tell, error: tell, child: () => log }
  return log
}
