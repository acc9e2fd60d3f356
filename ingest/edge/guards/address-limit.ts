import type { EdgeTools, Passage } from '../passage.js'
import { Refusal } from '../refusals.js'

/**
 * Turns an address away that was refused too often in this minute, or, where there is such a bound, made too many
 * requests of any outcome. Addresses are counted by each process for itself: the count is there before any store is asked.
 */
export function addressLimit({ address }: Passage, { addresses, allOfAddress, clock }: EdgeTools): void {
  const all = allOfAddress?.take(address, clock.now())
  if (all?.allowed === false)
    throw new Refusal('ADDRESS_LIMITED', 'Too many requests came from this address; wait before trying again.', {
      retryAfterMs: all.resetMs,
    })
  const answer = addresses.look(address, clock.now())
  if (!answer.allowed)
    throw new Refusal(
      'ADDRESS_LIMITED',
      'Too many requests from this address were refused; wait before trying again.',
      {
        retryAfterMs: answer.resetMs,
      },
    )
}
