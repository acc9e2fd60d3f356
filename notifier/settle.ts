import { newId } from '../schema/domain/ids.js'
import type { OutboxKind } from '../schema/domain/notification.js'
import type { Clock, Log, Random } from '../schema/ports/clock.js'
import type { FanOut } from '../schema/ports/limits.js'
import type { DueDelivery, NotificationStore, SettleFacts, SettlePlan } from '../schema/ports/notifications.js'
import type { Meter } from './meter.js'
import { planNotification } from './pipeline.js'

/** Runs an outbox row through the pipeline into the ledger, and schedules what is due. A settled row settles no more. */
export function createSettle(deps: {
  readonly store: Pick<NotificationStore, 'settle'>
  readonly schedule: (due: readonly DueDelivery[]) => Promise<void>
  readonly fanOut: Pick<FanOut, 'publish'>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly meter: Meter
}): (outboxId: bigint) => Promise<void> {
  return async (outboxId) => {
    const now = deps.clock.now()
    const newIds = {
      notification: () => newId('notification', now, deps.random.bytes(10)),
      delivery: () => newId('delivery', now, deps.random.bytes(10)),
    }
    const settled: { readonly fields: object; readonly plan: SettlePlan }[] = []
    const answer = await deps.store.settle(outboxId, now, (facts) => {
      const plan = planNotification(facts, newIds)
      settled.push({ fields: fieldsOf(facts), plan })
      return plan
    })
    if (answer === null) return
    for (const { fields, plan } of settled) {
      deps.log.info(fields, SAID[plan.message.kind])
      const why = plan.changes.notes.map(({ text }) => text).join(' ')
      if (isUnheard(plan)) deps.log.error({ ...fields, why }, 'An incident fires and nobody is told of it.')
    }
    deps.meter.count('settled', answer.settled)
    await deps.schedule(answer.due)
    if (answer.settled > 0) await deps.fanOut.publish('incident', answer.incidentId)
  }
}

/** Whether a message that something fires goes to no channel that could hear it. */
function isUnheard({ message, deliveries }: SettlePlan): boolean {
  const deaf = deliveries.every(({ status, reason }) => status === 'SUPPRESSED' && reason === 'channel disabled')
  return message.kind !== 'resolved' && deaf
}

const SAID: Readonly<Record<OutboxKind, string>> = {
  firing: 'An incident fires.',
  severity: 'An incident changed its severity.',
  resolved: 'An incident is resolved.',
}

function fieldsOf({ org, incident, monitor, outbox }: SettleFacts): object {
  return {
    org: org.slug,
    incident: incident.number,
    title: incident.title,
    monitor: monitor?.key ?? null,
    severity: outbox.severity,
  }
}
