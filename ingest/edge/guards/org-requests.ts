import type { EdgeTools, Passage } from '../passage.js'
import { tellLimit } from '../rate-limit-headers.js'
import { Refusal } from '../refusals.js'

/** Counts an org's proven requests. */
export async function orgRequests(
  { claimed, answerHeaders }: Passage,
  { limits, sureLimiter }: EdgeTools,
): Promise<void> {
  const limit = {
    name: 'requests',
    points: claimed?.limits?.requestsPerMinute ?? limits.requestsPerOrg,
    windowMs: 60_000,
  }
  const answer = await sureLimiter.consume(limit, claimed?.orgId ?? '', 1)
  tellLimit(answerHeaders, limit, answer)
  if (!answer.allowed)
    throw new Refusal(
      'ORG_LIMITED',
      `Your organisation may make ${limit.points} requests a minute, and made them; send fewer, larger batches.`,
      { retryAfterMs: answer.resetMs },
    )
}
