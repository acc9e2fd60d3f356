import type { Clock, Log, Random } from '../schema/ports/clock.js'
import type { FanOut } from '../schema/ports/limits.js'
import type { ClaimedDelivery, DueDelivery, NotificationStore } from '../schema/ports/notifications.js'
import { attemptRecord } from './attempt.js'
import type { Send } from './channel.js'
import { spokenKind, threadOf } from './dedup.js'
import { advance } from './lane.js'
import { incidentLink } from './link.js'
import type { Meter } from './meter.js'
import { sendOnce } from './send-once.js'

/** A claim outlives the longest send by far; what ends without an answer is taken again after it, ms. */
export const CLAIM_LEASE_MS = 60_000

/** Clocks of two machines may differ by this much, ms. */
const CLOCK_SLACK_MS = 1_000

export interface DeliverDeps {
  readonly store: NotificationStore
  readonly send: Send
  readonly schedule: (due: readonly DueDelivery[]) => Promise<void>
  readonly fanOut: FanOut
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly meter: Meter
  readonly publicUrl: string | null
}

/**
 * One attempt at a delivery: claim, send, record. A crash after the claim leaves an attempt that may have been heard,
 * and the sweeper sends again under the same key.
 */
export function createDeliver(deps: DeliverDeps): (deliveryId: string) => Promise<void> {
  const { store, clock, meter } = deps

  async function attempt(claimed: ClaimedDelivery): Promise<void> {
    const result = await sendOnce(deps, claimed.config, {
      deliveryId: claimed.deliveryId,
      says: spokenKind(claimed.message.kind, claimed.reason),
      message: claimed.message,
      link: incidentLink(deps.publicUrl, claimed.message.incident.number),
      thread: claimed.thread,
      now: clock.now(),
    })
    const record = attemptRecord(claimed, result, { now: clock.now(), random: unit(deps.random) })
    const due = await store.record(claimed, record, (channel, lane) => advance(channel, lane).changes)
    meter.count(record.status)
    const fields = {
      deliveryId: claimed.deliveryId,
      channelId: claimed.channel.id,
      channel: claimed.channel.key,
      incident: claimed.message.incident.number,
      attempt: claimed.attemptCount,
      outcome: record.outcome,
      status: record.status,
      detail: record.detail,
    }
    if (record.status === 'DELIVERED') deps.log.debug(fields, 'A message was delivered.')
    else deps.log.warn(fields, 'A message was not delivered.')
    await deps.fanOut.publish('incident', claimed.incidentId)
    await deps.schedule(due)
  }

  return async (deliveryId) => {
    const now = clock.now()
    const answer = await store.claim(
      deliveryId,
      { now, leaseUntil: now + CLAIM_LEASE_MS, slackMs: CLOCK_SLACK_MS },
      ({ deliveryId: id, channel, lane }) => {
        const { changes, next } = advance(channel, lane)
        if (next?.id !== id) return { send: null, changes }
        return { send: { reason: next.reason, threadId: threadOf(lane, id) }, changes }
      },
    )
    if (answer === null) return
    if (answer.claimed === null) await deps.schedule(answer.due)
    else await attempt(answer.claimed)
  }
}

/** A number in [0, 1). */
function unit(random: Random): number {
  const [a = 0, b = 0, c = 0, d = 0] = random.bytes(4)
  return (a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) / 2 ** 32
}
