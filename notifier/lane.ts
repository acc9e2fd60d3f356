import type { DedupReason } from '../schema/domain/notification.js'
import type { ChannelFacts, LaneChanges, LaneEntry, TimelineNote } from '../schema/ports/notifications.js'
import { decide, isOpen } from './dedup.js'
import { suppressedNote } from './timeline.js'

/** What a lane comes to: who is decided against, and the one delivery that may be tried now, if any. */
export interface LaneOutcome {
  readonly changes: LaneChanges
  readonly next: { readonly id: string; readonly reason: DedupReason } | null
}

/**
 * Decides every open delivery of a lane that is not under way, oldest first. Pure; run after every event of the lane,
 * so that what waited goes on, and what became moot ends.
 */
export function advance(channel: ChannelFacts, lane: readonly LaneEntry[]): LaneOutcome {
  const entries = [...lane]
  const suppressed: { id: string; reason: DedupReason }[] = []
  const notes: TimelineNote[] = []
  const suppress = (id: string, reason: DedupReason) => {
    const index = entries.findIndex((entry) => entry.id === id)
    const entry = entries[index]
    if (entry === undefined) return
    entries[index] = { ...entry, status: 'SUPPRESSED' }
    suppressed.push({ id, reason })
    notes.push(suppressedNote(channel, entry, reason))
  }
  let next: LaneOutcome['next'] = null
  for (const [i, entry] of lane.entries()) {
    if (!isOpen(entry) || entry.inFlight) continue
    const verdict = decide(entries.slice(0, i), entry.kind, channel)
    if (verdict.action === 'wait') continue
    for (const id of verdict.supersedes) suppress(id, channel.live ? 'ended before it was heard' : 'channel disabled')
    if (verdict.action === 'suppress') suppress(entry.id, verdict.reason)
    else next = { id: entry.id, reason: verdict.reason }
  }
  // A delivery chosen before a later one superseded it is chosen no more.
  const stillOpen = entries.some((entry) => entry.id === next?.id && isOpen(entry))
  return { changes: { suppressed, notes }, next: stillOpen ? next : null }
}
