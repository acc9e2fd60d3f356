import { BATCH_LIMITS } from '../../ingest/parse/limits.js'
import { toNativeLog } from './native-log.js'
import type { Pace } from './pace.js'
import type { ReplayRecord } from './record.js'
import type { Sent } from './send-batch.js'

/** What a replay has done so far. */
export interface Tally {
  records: number
  batches: number
  accepted: number
  replays: number
  retries: number
}

/** Records due within this are sent together, ms. */
const GATHER_MS = 250
/** A batch is sent when its text passes this, well under what the edge takes. */
const MAX_LENGTH = 4 * 1024 * 1024

/**
 * Sends records in their order, each when it is due, in batches. Returns what was done when the records end or `abort`
 * does: what was gathered by then is still sent.
 *
 * @param options.send Sends the body of a batch under an idempotency key.
 * @param options.wait Resolves after so many ms, or when `abort` does.
 * @param options.runId Begins the idempotency keys, so that two replays of one file are two.
 */
export async function replay(
  records: AsyncIterable<ReplayRecord>,
  options: {
    readonly pace: Pace
    readonly batch: number
    readonly service: string | null
    readonly runId: string
    readonly tally: Tally
    readonly now: () => number
    readonly wait: (ms: number) => Promise<void>
    readonly abort: AbortSignal
    readonly send: (body: string, idempotencyKey: string) => Promise<Sent>
  },
): Promise<void> {
  const { pace, service, runId, tally, now, wait, abort, send } = options
  const limit = Math.min(options.batch, BATCH_LIMITS.logs)
  let gathered: string[] = []
  let length = 0

  const flush = async () => {
    if (gathered.length === 0) return
    const body = `{"logs":[${gathered.join(',')}]}`
    tally.records += gathered.length
    gathered = []
    length = 0
    const sent = await send(body, `replay-${runId}-${tally.batches++}`)
    tally.accepted += sent.accepted
    tally.replays += sent.replayed ? 1 : 0
    tally.retries += sent.retries
  }

  for await (const record of records) {
    const due = pace.moved(record.at)
    const ahead = due.ms - now()
    if (pace.waits && ahead > GATHER_MS) {
      await flush()
      await wait(Math.max(0, due.ms - now()))
    }
    if (abort.aborted) break
    const text = JSON.stringify(toNativeLog(record, due, service))
    gathered.push(text)
    length += text.length
    if (gathered.length >= limit || length >= MAX_LENGTH) await flush()
  }
  await flush()
}
