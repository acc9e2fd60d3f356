import type { ChannelFacts, LaneEntry, SettleFacts, TimelineNote } from '../schema/ports/notifications.js'
import { isOpen, sinceLastEnd } from './dedup.js'
import type { Draft, NewDeliveryId } from './draft.js'

/**
 * Who a message is for: the channels that the monitor names in `notify`; without `notify`, every live channel of the
 * org, and so where none of the named is known: better too many are woken than nobody. An end also goes to whoever was told of the incident, even if it is routed there no more.
 */
export function route(draft: Draft, newDeliveryId: NewDeliveryId): Draft {
  const { facts } = draft
  const { channels, notes } = routed(facts)
  const told =
    facts.outbox.kind === 'resolved'
      ? facts.channels.filter(
          (channel) => !channels.includes(channel) && isOwedAnEnd(facts.lanes.get(channel.id) ?? []),
        )
      : []
  return {
    ...draft,
    recipients: [...channels, ...told].map((channel) => ({ deliveryId: newDeliveryId(), channel, decision: null })),
    notes: [...draft.notes, ...(facts.outbox.kind === 'resolved' ? [] : notes)],
  }
}

function routed(facts: SettleFacts): { channels: ChannelFacts[]; notes: TimelineNote[] } {
  const { monitor } = facts
  const keys = monitor?.notify
  if (keys == null) {
    const channels = facts.channels.filter((channel) => channel.live)
    return { channels, notes: channels.length === 0 ? [nobody('the organisation has no enabled channel')] : [] }
  }
  // A deleted channel leaves its key free, and perhaps to another: the one that can still be used is meant.
  const found = keys.map((key) => {
    const named = facts.channels.filter((channel) => channel.key === key)
    return { key, channel: named.find((channel) => channel.live) ?? named[0] }
  })
  const channels = [...new Set(found.flatMap(({ channel }) => (channel === undefined ? [] : [channel])))]
  const notes = found.flatMap(({ key, channel }) =>
    channel === undefined ? [unknownKey(key, monitor?.key ?? '')] : [],
  )
  if (keys.length > 0 && channels.length === 0) {
    const live = facts.channels.filter((channel) => channel.live)
    const then = live.length === 0 ? nobody('the organisation has no enabled channel') : everybody(monitor?.key ?? '')
    return { channels: live, notes: [...notes, then] }
  }
  return { channels, notes: keys.length === 0 ? [nobody('the monitor’s notify list is empty')] : notes }
}

function isOwedAnEnd(lane: readonly LaneEntry[]): boolean {
  return sinceLastEnd(lane).some((entry) => isOpen(entry) || entry.status === 'DELIVERED' || entry.mayHaveHeard)
}

function unknownKey(key: string, monitor: string): TimelineNote {
  return {
    kind: 'not notified',
    text: `No channel has the key ${key}, which monitor ${monitor} names in notify.`,
    data: { unknownKey: key },
  }
}

function everybody(monitor: string): TimelineNote {
  return {
    kind: 'not notified',
    text: `No channel that monitor ${monitor} names in notify is known: every enabled channel is notified instead.`,
    data: null,
  }
}

function nobody(why: string): TimelineNote {
  return { kind: 'not notified', text: `Nobody is notified: ${why}.`, data: null }
}
