import type { DedupReason, OutboxKind } from '../schema/domain/notification.js'
import type { ChannelFacts, LaneEntry } from '../schema/ports/notifications.js'

/**
 * Whether a message goes out to a channel, and why. `suppress` may take earlier messages of the lane with it, since
 * nobody heard them and nobody needs to any more. `wait`: an earlier message of the lane has not ended yet.
 */
export type Verdict =
  | { readonly action: 'send'; readonly reason: DedupReason; readonly supersedes: readonly string[] }
  | { readonly action: 'suppress'; readonly reason: DedupReason; readonly supersedes: readonly string[] }
  | { readonly action: 'wait'; readonly reason: DedupReason }

/**
 * The rule of no orphan words, for one message and what was said before it in its lane:
 *
 * - a receiver that may have heard that the incident fires hears that it ended, unless the channel wants no such word;
 * - one that surely heard nothing is told nothing of the end, and an unheard firing dies with its incident;
 * - a message never overtakes an earlier one of its lane.
 *
 * @param earlier The lane's deliveries before this one, oldest first.
 */
export function decide(
  earlier: readonly LaneEntry[],
  kind: OutboxKind,
  channel: Pick<ChannelFacts, 'live' | 'sendResolved'>,
): Verdict {
  const open = earlier.filter(isOpen)
  const episode = sinceLastEnd(earlier)
  const heard = episode.some(mayBeHeard)
  const delivered = episode.some((entry) => entry.status === 'DELIVERED')
  const reason = reasonFor(kind, heard)
  const moving = open.some((entry) => entry.inFlight)

  if (!channel.live) {
    return moving
      ? { action: 'wait', reason }
      : { action: 'suppress', reason: 'channel disabled', supersedes: ids(open) }
  }
  if (kind !== 'resolved') {
    if (open.length > 0) return { action: 'wait', reason }
    if (kind === 'firing' && delivered) return { action: 'suppress', reason: 'already delivered', supersedes: [] }
    return { action: 'send', reason, supersedes: [] }
  }
  // What is under way may be heard at this moment; its answer decides.
  if (moving || open.some((entry) => entry.kind === 'resolved')) return { action: 'wait', reason }
  if (!channel.sendResolved)
    return { action: 'suppress', reason: 'resolved is off for this channel', supersedes: ids(open) }
  if (!heard) return { action: 'suppress', reason: 'never heard firing', supersedes: ids(open) }
  // Told that it fires, the receiver needs no change of severity that has not reached it by now.
  if (delivered) return { action: 'send', reason, supersedes: ids(open) }
  // Perhaps heard, perhaps not: said again under the same key until it is known, then the end.
  return open.some(mayBeHeard) ? { action: 'wait', reason } : { action: 'send', reason, supersedes: ids(open) }
}

/** A first word says that the incident fires, whichever transition it stems from. */
export function spokenKind(kind: OutboxKind, reason: DedupReason): OutboxKind {
  return reason === 'first' ? 'firing' : kind
}

/** Neither delivered, failed nor suppressed. */
export function isOpen(entry: LaneEntry): boolean {
  return entry.status === 'PENDING' || entry.status === 'RETRYING'
}

/** The part of a lane after its last word of an end that is over: a reopened incident begins anew. */
export function sinceLastEnd(lane: readonly LaneEntry[]): readonly LaneEntry[] {
  const end = lane.findLastIndex((entry) => entry.kind === 'resolved' && !isOpen(entry))
  return lane.slice(end + 1)
}

/**
 * The message of a lane by which the next is threaded: the first of the episode that was delivered, or else perhaps
 * was; the next itself when there is none.
 */
export function threadOf(lane: readonly LaneEntry[], nextId: string): string {
  const own = lane.findIndex((entry) => entry.id === nextId)
  const earlier = sinceLastEnd(lane.slice(0, Math.max(0, own)))
  const first = earlier.find((entry) => entry.status === 'DELIVERED') ?? earlier.find(mayBeHeard)
  return first?.id ?? nextId
}

function mayBeHeard(entry: LaneEntry): boolean {
  return entry.kind !== 'resolved' && (entry.status === 'DELIVERED' || entry.mayHaveHeard)
}

function reasonFor(kind: OutboxKind, heard: boolean): DedupReason {
  if (kind === 'resolved') return 'all resolved'
  return kind === 'severity' && heard ? 'severity' : 'first'
}

function ids(entries: readonly LaneEntry[]): string[] {
  return entries.map((entry) => entry.id)
}
