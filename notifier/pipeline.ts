import type { SettleFacts, SettlePlan } from '../schema/ports/notifications.js'
import { dedup } from './dedup-stage.js'
import type { Draft, Stage } from './draft.js'
import { freezeMessage } from './message.js'
import { route } from './route.js'

/**
 * What an outbox row goes through, in order; each stage says why. A stage that holds messages back (inhibition,
 * silences, groups) belongs between `route` and `dedup`. What is left is delivered (`deliver.ts`), attempt by attempt,
 * and each attempt recorded (`attempt.ts`).
 */
export const STAGES: readonly Stage[] = [route, dedup]

/** Makes ids at the edge. */
export interface NewIds {
  notification(): string
  delivery(): string
}

/** Freezes an outbox row's message and decides who gets it. */
export function planNotification(facts: SettleFacts, newIds: NewIds, stages: readonly Stage[] = STAGES): SettlePlan {
  const start: Draft = {
    facts,
    message: freezeMessage(facts, newIds.notification()),
    recipients: [],
    suppressed: [],
    notes: [],
  }
  const draft = stages.reduce((before, stage) => stage(before, newIds.delivery), start)
  return {
    message: draft.message,
    deliveries: draft.recipients.flatMap(({ deliveryId, channel, decision }) =>
      decision === null ? [] : [{ id: deliveryId, channelId: channel.id, ...decision }],
    ),
    changes: { suppressed: draft.suppressed, notes: draft.notes },
  }
}
