import type { Clock, Random } from '../schema/ports/clock.js'
import type { DueDelivery, JobQueue } from '../schema/ports/notifications.js'

/** Job ids of one delivery differ by attempt, by process and by this span of time, so that a lost job can be added again. */
const ID_SPAN_MS = 30_000

/**
 * Puts deliveries on the queue, each to run when it is due. Asked twice within a short time, the queue keeps one job;
 * a job too many does no harm, since only one claim succeeds.
 */
export function createSchedule(deps: {
  readonly deliveries: JobQueue
  readonly clock: Clock
  readonly random: Random
}): (due: readonly DueDelivery[]) => Promise<void> {
  const process = Buffer.from(deps.random.bytes(6)).toString('hex')
  return async (due) => {
    if (due.length === 0) return
    const now = deps.clock.now()
    const span = Math.floor(now / ID_SPAN_MS).toString(36)
    await deps.deliveries.add(
      due.map(({ deliveryId, channelId, attemptCount, dueAt }) => ({
        jobId: `${deliveryId}_${attemptCount}_${process}_${span}`,
        payload: { deliveryId, channelId },
        delayMs: Math.max(0, dueAt - now),
      })),
    )
  }
}
