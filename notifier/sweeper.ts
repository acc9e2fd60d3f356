import type { Clock } from '../schema/ports/clock.js'
import type { JobQueue, NotificationStore } from '../schema/ports/notifications.js'
import { enqueue } from './relay.js'

/** A row that was handed over, or whose next delivery was due, this long ago is taken for lost, ms. */
export const LOST_AFTER_MS = 30_000

const BATCH = 500

/**
 * Hands over again what got lost: rows handed but never settled, and rows whose due deliveries nobody took up, be it
 * that a process died or that the queue forgot. Returns how many.
 */
export async function sweep(deps: {
  readonly store: NotificationStore
  readonly outbox: JobQueue
  readonly clock: Clock
  /** Deliveries that wait for their turn in this process, and are not lost. */
  readonly waiting: () => readonly string[]
}): Promise<number> {
  await deps.store.stillWaiting(deps.waiting(), deps.clock.now())
  let swept = 0
  for (;;) {
    const now = deps.clock.now()
    const rows = await deps.store.handOver({ now, staleBefore: now - LOST_AFTER_MS, limit: BATCH })
    if (rows.length === 0) return swept
    await enqueue(deps, rows)
    swept += rows.length
  }
}
