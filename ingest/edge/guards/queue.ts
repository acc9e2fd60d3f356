import type { EdgeTools, Passage } from '../passage.js'
import { Refusal } from '../refusals.js'

/** How long to wait for a queue that is full, ms: it has to fall well below its bound first. */
const RETRY_AFTER_MS = 10_000

/** Turns batches away unread while the queue is full, before anything of them could be lost. */
export function queue(_passage: Passage, { queueGauge }: EdgeTools): void {
  const full = queueGauge.full()
  if (full !== null)
    throw new Refusal('OVERLOADED', `${full} Send the batch again later.`, { retryAfterMs: RETRY_AFTER_MS })
}
