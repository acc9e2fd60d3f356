import type { AttemptRecord, ClaimedDelivery } from '../schema/ports/notifications.js'
import { retryDelay } from './back-off.js'
import type { SendResult } from './channel.js'
import { spokenKind } from './dedup.js'
import { truncate } from './text.js'
import { deliveredNote, failedNote } from './timeline.js'

/** Longest detail kept of an attempt, in UTF-16 units. */
const DETAIL_LENGTH = 500

/**
 * What is written of an attempt: its answer, the delivery's next state, and when it is tried again.
 *
 * @param random In [0, 1), for the spread of waits.
 */
export function attemptRecord(
  claimed: ClaimedDelivery,
  result: SendResult,
  times: { readonly now: number; readonly random: number },
): AttemptRecord {
  const { now } = times
  const detail = truncate(result.detail, DETAIL_LENGTH)
  const says = spokenKind(claimed.message.kind, claimed.reason)
  const base = {
    now,
    durationMs: Math.max(0, now - claimed.startedAt),
    outcome: result.outcome,
    detail,
    nextAt: null,
    receipt: null,
    disableChannel: null,
    note: null,
  }
  switch (result.outcome) {
    case 'delivered':
      return {
        ...base,
        status: 'DELIVERED',
        mayHaveHeard: true,
        receipt: result.receipt,
        note: deliveredNote(claimed.channel, claimed.deliveryId, says, claimed.reason),
      }
    case 'final':
      return {
        ...base,
        status: 'FAILED',
        mayHaveHeard: claimed.heardBefore,
        disableChannel: result.disableChannel,
        note: failedNote(claimed.channel, claimed.deliveryId, says, detail),
      }
    case 'retry': {
      const mayHaveHeard = claimed.heardBefore || result.mayHaveHeard
      const delay = retryDelay(claimed.attemptCount, result.afterMs, times.random)
      if (delay !== null) return { ...base, status: 'RETRYING', mayHaveHeard, nextAt: now + delay }
      const given = `given up after ${claimed.attemptCount} attempts; the last: ${detail}`
      return {
        ...base,
        status: 'FAILED',
        mayHaveHeard,
        note: failedNote(claimed.channel, claimed.deliveryId, says, given),
      }
    }
  }
}
