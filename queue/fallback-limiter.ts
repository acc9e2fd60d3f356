import type { Log } from '../schema/ports/clock.js'
import type { RateLimiter } from '../schema/ports/limits.js'

/** Asks the first limiter, and the second while the first fails: a limit that counts less is better than none, or an error. */
export function createFallbackLimiter(deps: {
  readonly first: RateLimiter
  readonly second: RateLimiter
  readonly log: Log
}): RateLimiter {
  const { first, second, log } = deps
  return {
    async consume(...question) {
      try {
        return await first.consume(...question)
      } catch (error) {
        log.warn({ err: error }, 'The limiter cannot be asked; this process counts by itself.')
        return second.consume(...question)
      }
    },
    async close() {
      await Promise.all([first.close(), second.close()])
    },
  }
}
