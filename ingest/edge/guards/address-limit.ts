import type { EdgeTools, Passage } from '../passage.js'
import { Refusal } from '../refusals.js'

/** Turns an address away that was refused too often in this minute. Accepted requests do not count. */
export function addressLimit({ address }: Passage, { addresses, clock }: EdgeTools): void {
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
