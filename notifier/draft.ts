import type { DedupReason, Message } from '../schema/domain/notification.js'
import type { ChannelFacts, LaneChanges, SettleFacts, TimelineNote } from '../schema/ports/notifications.js'

/** A message on its way through the stages: who is to get it, and what was decided on the way. */
export interface Draft {
  readonly facts: SettleFacts
  readonly message: Message
  readonly recipients: readonly Recipient[]
  /** Earlier deliveries that this message makes moot. */
  readonly suppressed: LaneChanges['suppressed']
  readonly notes: readonly TimelineNote[]
}

/** A channel that a message was routed to. */
export interface Recipient {
  readonly deliveryId: string
  readonly channel: ChannelFacts
  /** Null until a stage decides; the first decision stands. */
  readonly decision: { readonly status: 'PENDING' | 'SUPPRESSED'; readonly reason: DedupReason } | null
}

/** Makes ids of deliveries. */
export type NewDeliveryId = () => string

/** A step of the pipeline. Pure but for the ids it is given. */
export type Stage = (draft: Draft, newDeliveryId: NewDeliveryId) => Draft
