import type { Clock } from '../schema/ports/clock.js'
import type { HandedRow, JobQueue, NotificationStore } from '../schema/ports/notifications.js'

/** Rows handed over in one step. */
const BATCH = 500

/**
 * Hands over every open outbox row that was never handed, oldest first. Returns how many. A job's id carries the
 * attempt, since a queue that still remembers an id swallows the job.
 */
export async function relay(deps: {
  readonly store: NotificationStore
  readonly outbox: JobQueue
  readonly clock: Clock
}): Promise<number> {
  let handed = 0
  for (;;) {
    const rows = await deps.store.handOver({ now: deps.clock.now(), staleBefore: null, limit: BATCH })
    if (rows.length === 0) return handed
    await enqueue(deps, rows)
    handed += rows.length
  }
}

/** Puts rows on the queue; when that fails, they are taken back at once instead of being left to the sweeper. */
export async function enqueue(
  deps: { readonly store: NotificationStore; readonly outbox: JobQueue },
  rows: readonly HandedRow[],
): Promise<void> {
  try {
    await deps.outbox.add(
      rows.map(({ id, attempt }) => ({ jobId: `out_${id}_${attempt}`, payload: { outboxId: String(id) } })),
    )
  } catch (error) {
    await deps.store.takeBack(rows.map((row) => row.id))
    throw error
  }
}
