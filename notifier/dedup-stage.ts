import type { LaneEntry } from '../schema/ports/notifications.js'
import { decide } from './dedup.js'
import type { Draft, Recipient } from './draft.js'
import { advance } from './lane.js'

/**
 * Puts the message at the end of each recipient's lane and decides the lane anew: the message goes out, waits for an
 * earlier one, or is suppressed; earlier ones that it makes moot are suppressed with it.
 */
export function dedup(draft: Draft): Draft {
  const { facts } = draft
  const recipients: Recipient[] = []
  const suppressed = [...draft.suppressed]
  const notes = [...draft.notes]
  for (const recipient of draft.recipients) {
    if (recipient.decision !== null) {
      recipients.push(recipient)
      continue
    }
    const { channel, deliveryId } = recipient
    const earlier = facts.lanes.get(channel.id) ?? []
    const entry: LaneEntry = {
      id: deliveryId,
      kind: facts.outbox.kind,
      status: 'PENDING',
      mayHaveHeard: false,
      inFlight: false,
    }
    const { changes } = advance(channel, [...earlier, entry])
    const against = changes.suppressed.find((change) => change.id === deliveryId)
    const reason = against?.reason ?? decide(earlier, entry.kind, channel).reason
    recipients.push({ ...recipient, decision: { status: against === undefined ? 'PENDING' : 'SUPPRESSED', reason } })
    suppressed.push(...changes.suppressed.filter((change) => change.id !== deliveryId))
    notes.push(...changes.notes)
  }
  return { ...draft, recipients, suppressed, notes }
}
