import { newId } from '../schema/domain/ids.js'
import type { Clock, Random } from '../schema/ports/clock.js'
import type { FanOut } from '../schema/ports/limits.js'
import type { DueDelivery, NotificationStore } from '../schema/ports/notifications.js'
import type { Meter } from './meter.js'
import { planNotification } from './pipeline.js'

/** Runs an outbox row through the pipeline into the ledger, and schedules what is due. A settled row settles no more. */
export function createSettle(deps: {
  readonly store: NotificationStore
  readonly schedule: (due: readonly DueDelivery[]) => Promise<void>
  readonly fanOut: FanOut
  readonly clock: Clock
  readonly random: Random
  readonly meter: Meter
}): (outboxId: bigint) => Promise<void> {
  return async (outboxId) => {
    const now = deps.clock.now()
    const newIds = {
      notification: () => newId('notification', now, deps.random.bytes(10)),
      delivery: () => newId('delivery', now, deps.random.bytes(10)),
    }
    const answer = await deps.store.settle(outboxId, now, (facts) => planNotification(facts, newIds))
    if (answer === null) return
    deps.meter.count('settled', answer.settled)
    await deps.schedule(answer.due)
    if (answer.settled > 0) await deps.fanOut.publish('incident', answer.incidentId)
  }
}
