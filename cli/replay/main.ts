import { randomUUID } from 'node:crypto'
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { processConfig } from '../../config.js'
import { acceptedTimes } from '../../ingest/parse/limits.js'
import { StartError } from '../../schema/domain/errors.js'
import { HELP, type ReplayArguments, readArguments, UsageError } from './arguments.js'
import { paceOf } from './pace.js'
import { showProgress, summary } from './progress.js'
import { readRecords, type Skipped } from './read-records.js'
import { replay, type Tally } from './replay.js'
import { SendError, sendBatch } from './send-batch.js'
import { readTarget } from './target.js'

/*
 * npm run replay: see HELP in arguments.ts. Exits 0 when all was accepted, 1 when the edge refused or stayed away, 2 for
 * a wrong command line, 130 when it was interrupted.
 */

async function run(wanted: ReplayArguments, abort: AbortSignal): Promise<number> {
  const target = readTarget(wanted)
  if (!existsSync(wanted.file)) throw new UsageError(`There is no file ${wanted.file}.`)
  if (!statSync(wanted.file).isFile()) throw new UsageError(`${wanted.file} is no file; expected a log file.`)
  const span = await timeSpan(wanted)
  const now = Date.now()
  const pace = paceOf(wanted.speed, span.first, span.last, now)
  if (pace.moved({ ms: span.first, ns: 0 }).ms < acceptedTimes(now).from)
    throw new UsageError('The file spans more than the 30 days that are accepted; give a --speed that shrinks it.')

  const tally: Tally = { records: 0, batches: 0, accepted: 0, replays: 0, retries: 0 }
  const skipped: Skipped = { lines: 0 }
  const progress = showProgress(tally, process.stderr)
  const wait = (ms: number) => delay(ms, undefined, { signal: abort }).catch(ignoreAbort)
  try {
    await replay(readRecords(linesOf(wanted.file), wanted.format, skipped), {
      pace,
      batch: wanted.batch,
      service: wanted.service,
      runId: randomUUID(),
      tally,
      now: Date.now,
      wait,
      abort,
      send: (body, idempotencyKey) =>
        sendBatch(target, body, {
          idempotencyKey,
          wait,
          now: Date.now,
          abort,
          onRetry: (reason, ms) => progress.note(`${reason} Trying again in ${(ms / 1000).toFixed(1)} s.`),
        }),
    })
    return abort.aborted ? 130 : 0
  } finally {
    progress.end()
    console.log(summary(tally, skipped.lines, Date.now() - now))
  }
}

/** Times of the earliest and the latest record, Unix ms. */
async function timeSpan({ file, format }: ReplayArguments): Promise<{ first: number; last: number }> {
  let first = Infinity
  let last = -Infinity
  for await (const { at } of readRecords(linesOf(file), format, { lines: 0 })) {
    first = Math.min(first, at.ms)
    last = Math.max(last, at.ms)
  }
  if (first === Infinity) throw new UsageError(`${file} holds no record of format ${format.name}.`)
  return { first, last }
}

function linesOf(file: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(file), crlfDelay: Infinity })
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'AbortError') throw error
}

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    if (interrupted.signal.aborted) process.exit(130)
    interrupted.abort()
  })

try {
  const wanted = readArguments(process.argv.slice(2), processConfig().TOCSIN_DATA_DIR)
  if (wanted === null) console.log(HELP)
  else process.exitCode = await run(wanted, interrupted.signal)
} catch (error) {
  if (error instanceof UsageError) console.error(`${error.message} See --help.`)
  else if (error instanceof SendError || error instanceof StartError) console.error(error.message)
  else throw error
  process.exitCode = error instanceof UsageError ? 2 : interrupted.signal.aborted ? 130 : 1
}
