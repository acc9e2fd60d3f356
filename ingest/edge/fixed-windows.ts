import type { LimitAnswer } from '../../schema/ports/limits.js'

interface Window {
  until: number
  used: number
}

/** Counts points per key in fixed windows, in the memory of this process. */
export class FixedWindows {
  readonly #windows = new Map<string, Window>()

  constructor(
    private readonly points: number,
    private readonly windowMs: number,
    /** Keys remembered at most; past it those seen first are forgotten, so that many keys cost no memory. */
    private readonly maxKeys = 100_000,
  ) {}

  /** Whether a key has points left at `now`; takes none. */
  look(key: string, now: number, limit = this.points): LimitAnswer {
    const window = this.#live(key, now)
    const used = window?.used ?? 0
    return {
      allowed: used < limit,
      remaining: Math.max(0, limit - used),
      resetMs: (window?.until ?? now + this.windowMs) - now,
    }
  }

  /** Takes points, one unless told; a refused take takes none. `limit` stands in for the one that all keys have. */
  take(key: string, now: number, points = 1, limit = this.points): LimitAnswer {
    const before = this.look(key, now, limit)
    const allowed = points <= before.remaining
    if (!allowed || points === 0) return { ...before, allowed }
    const window = this.#live(key, now) ?? this.#open(key, now)
    window.used += points
    return { ...before, allowed, remaining: before.remaining - points }
  }

  #live(key: string, now: number): Window | null {
    const window = this.#windows.get(key)
    return window !== undefined && now < window.until ? window : null
  }

  #open(key: string, now: number): Window {
    const window = { until: now + this.windowMs, used: 0 }
    // Set anew, so that the order of the map is that of the windows' beginnings.
    this.#windows.delete(key)
    this.#windows.set(key, window)
    if (this.#windows.size > this.maxKeys) {
      const [oldest] = this.#windows.keys()
      if (oldest !== undefined) this.#windows.delete(oldest)
    }
    return window
  }
}
