import type { LimitAnswer } from '../../../schema/ports/limits.js'
import type { EdgeTools, Passage } from '../passage.js'
import { Refusal } from '../refusals.js'

/** Counts an org's requests. Where the limiter cannot be asked, this process counts by itself. */
export async function orgLimits({ claimed }: Passage, tools: EdgeTools): Promise<void> {
  const orgId = claimed?.orgId ?? ''
  const answer = await counted(orgId, tools)
  if (!answer.allowed)
    throw new Refusal(
      'ORG_LIMITED',
      `Your organisation may make ${tools.limits.requestsPerOrg} requests a minute, and made them; send fewer, larger batches.`,
      { retryAfterMs: answer.resetMs },
    )
}

async function counted(orgId: string, { limiter, limits, localOrgs, clock, log }: EdgeTools): Promise<LimitAnswer> {
  try {
    return await limiter.consume(`ingest:${orgId}`, 1, { points: limits.requestsPerOrg, windowMs: 60_000 })
  } catch (error) {
    log.warn({ error: error instanceof Error ? error.message : String(error) }, 'the limiter cannot be asked')
    return localOrgs.take(orgId, clock.now())
  }
}
