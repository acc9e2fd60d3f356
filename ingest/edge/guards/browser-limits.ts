import { isBrowserKey } from '../browser.js'
import type { EdgeTools, Passage } from '../passage.js'
import { tellLimit } from '../rate-limit-headers.js'
import { Refusal } from '../refusals.js'

/**
 * A BROWSER key is public: whoever reads the page can use it. So there are tight limits on an address, and on the key as
 * a whole, lest it use up what its org's servers need.
 */
export async function browserLimits(passage: Passage, tools: EdgeTools): Promise<void> {
  const { claimed, address, answerHeaders } = passage
  if (!isBrowserKey(claimed)) return
  const { limits, browserAddresses, clock, sureLimiter } = tools
  const perAddress = { name: 'address', points: limits.browserRequestsPerAddress, windowMs: 60_000 }
  const fromHere = browserAddresses.take(`${claimed.keyId} ${address}`, clock.now())
  tellLimit(answerHeaders, perAddress, fromHere)
  if (!fromHere.allowed)
    throw new Refusal(
      'BROWSER_LIMITED',
      `A page may send ${perAddress.points} requests a minute from one address; collect events into fewer batches.`,
      { retryAfterMs: fromHere.resetMs },
    )
  const perKey = { name: 'key', points: limits.browserRequestsPerKey, windowMs: 60_000 }
  const everywhere = await sureLimiter.consume(perKey, claimed.keyId, 1)
  tellLimit(answerHeaders, perKey, everywhere)
  if (!everywhere.allowed)
    throw new Refusal(
      'BROWSER_LIMITED',
      `This browser key may carry ${perKey.points} requests a minute, and did; sample, or collect into fewer batches.`,
      { retryAfterMs: everywhere.resetMs },
    )
}
