import { Refusal } from './refusals.js'

/** Counts the bytes of bodies in memory, so that a flood is turned away before it is read. */
export class HeldBytes {
  #held = 0

  constructor(private readonly limit: number) {}

  get held(): number {
    return this.#held
  }

  /** A share for one request; `release` gives all of it back. */
  share(): HeldShare {
    let taken = 0
    return {
      take: (bytes) => {
        if (this.#held + bytes > this.limit)
          throw new Refusal('OVERLOADED', 'Too many bytes are in flight here; send the batch again later.', {
            retryAfterMs: 1_000,
          })
        this.#held += bytes
        taken += bytes
      },
      release: () => {
        this.#held -= taken
        taken = 0
      },
    }
  }
}

export interface HeldShare {
  /** @throws Refusal OVERLOADED when there is no room. */
  take(bytes: number): void
  release(): void
}
