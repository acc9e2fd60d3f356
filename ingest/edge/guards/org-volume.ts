import type { EdgeTools, Passage } from '../passage.js'
import { tellLimit } from '../rate-limit-headers.js'
import { Refusal } from '../refusals.js'
import { volumeLimits } from '../volume.js'

/**
 * Refuses a batch that does not fit into what is left of its org's day. It is only looked at here and counted once it is
 * accepted (see `countVolume`), so that neither a replay nor a failed enqueue counts; batches in flight at one time can
 * together pass the limit by what they hold.
 */
export async function orgVolume(passage: Passage, { limits, sureLimiter }: EdgeTools): Promise<void> {
  const { claimed, answerHeaders, items, packed } = passage
  for (const limit of volumeLimits(limits, claimed, { items, bytes: packed?.bytes ?? 0 })) {
    const answer = await sureLimiter.consume(limit, claimed?.orgId ?? '', 0)
    tellLimit(answerHeaders, limit, answer, limit.unit)
    if (limit.amount <= answer.remaining) continue
    const unit = limit.unit === 'items' ? 'items' : 'bytes'
    throw new Refusal(
      'ORG_VOLUME_EXCEEDED',
      `Your organisation may send ${limit.points} ${unit} a day; ${answer.remaining} are left, and the batch has ${limit.amount}.`,
      { retryAfterMs: answer.resetMs },
    )
  }
}

/** Counts an accepted batch; one that was accepted before was counted then. */
export async function countVolume(passage: Passage, { limits, sureLimiter }: EdgeTools): Promise<void> {
  const { claimed, answer, packed } = passage
  if (answer === null || answer.replayed) return
  for (const limit of volumeLimits(limits, claimed, { items: answer.accepted, bytes: packed?.bytes ?? 0 })) {
    const orgId = claimed?.orgId ?? ''
    const { allowed, remaining } = await sureLimiter.consume(limit, orgId, limit.amount)
    // Batches at one time took what this one had found: what is left goes to it, or small ones would pass for ever.
    if (!allowed && remaining > 0) await sureLimiter.consume(limit, orgId, remaining)
  }
}
