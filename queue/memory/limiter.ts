import type { Clock } from '../../schema/ports/clock.js'
import type { RateLimiter } from '../../schema/ports/limits.js'

/** Points taken in the present window, by key, in the order in which the keys came. */
interface Window {
  /** Unix ms. */
  start: number
  taken: Map<string, number>
}

export interface MemoryLimiterDeps {
  readonly clock: Clock
  /**
   * Keys counted at once for one window length; past it the key that came first is forgotten and begins anew. About 130
   * bytes a key.
   */
  readonly maxKeys?: number
}

/**
 * Fixed windows on whole multiples of their length, so that one step forgets a past window with all its keys. Counts for
 * this process alone.
 */
export function createMemoryLimiter({ clock, maxKeys = 100_000 }: MemoryLimiterDeps): RateLimiter {
  const windows = new Map<number, Window>()

  function present(windowMs: number, now: number): Window {
    const start = Math.floor(now / windowMs) * windowMs
    const known = windows.get(windowMs)
    // A clock that is set back keeps its window: a new one would give every key its points again.
    if (known !== undefined && start <= known.start) return known
    const window = { start, taken: new Map<string, number>() }
    windows.set(windowMs, window)
    return window
  }

  return {
    async consume(key, points, limit) {
      const now = clock.now()
      const { start, taken } = present(limit.windowMs, now)
      const before = taken.get(key) ?? 0
      const allowed = before + points <= limit.points
      if (allowed) {
        if (!taken.has(key) && taken.size >= maxKeys) {
          const [first] = taken.keys()
          if (first !== undefined) taken.delete(first)
        }
        taken.set(key, before + points)
      }
      const after = allowed ? before + points : before
      return { allowed, remaining: Math.max(0, limit.points - after), resetMs: start + limit.windowMs - now }
    },
    async close() {
      windows.clear()
    },
  }
}
