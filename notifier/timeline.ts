import type { DedupReason, OutboxKind } from '../schema/domain/notification.js'
import type { ChannelFacts, LaneEntry, TimelineNote } from '../schema/ports/notifications.js'

/** What a message says, in a word or two. */
const SAYS: Readonly<Record<OutboxKind, string>> = {
  firing: 'that the incident fires',
  severity: 'the new severity',
  resolved: 'that the incident is resolved',
}

/** A channel was told. */
export function deliveredNote(
  channel: ChannelFacts,
  deliveryId: string,
  says: OutboxKind,
  reason: DedupReason,
): TimelineNote {
  return {
    kind: 'notified',
    text: `Channel ${channel.key} was told ${SAYS[says]}.`,
    data: { deliveryId, channelId: channel.id, channel: channel.key, reason },
  }
}

/** A channel was not told, by decision. */
export function suppressedNote(
  channel: ChannelFacts,
  entry: Pick<LaneEntry, 'id' | 'kind'>,
  reason: DedupReason,
): TimelineNote {
  return {
    kind: 'not notified',
    text: `Channel ${channel.key} was not told ${SAYS[entry.kind]}: ${reason}.`,
    data: { deliveryId: entry.id, channelId: channel.id, channel: channel.key, reason },
  }
}

/** A channel could not be told. */
export function failedNote(channel: ChannelFacts, deliveryId: string, says: OutboxKind, detail: string): TimelineNote {
  return {
    kind: 'delivery failed',
    text: `Channel ${channel.key} could not be told ${SAYS[says]}: ${detail}`,
    data: { deliveryId, channelId: channel.id, channel: channel.key },
  }
}
