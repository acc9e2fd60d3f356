/** Spaces out what several workers do in turn. */
export interface Pace {
  /** Waits until it is the caller's turn. Throws what the wait throws. */
  turn(): Promise<void>
  /** Whoever comes next waits for nothing: there is more to do than time for it. */
  hurry(): void
}

/**
 * @param everyMs How far turns are apart at the least, ms; the first after a pause comes at once.
 * @param now Monotonic, ms.
 * @param wait Waits so long, ms.
 */
export function createPace(everyMs: number, now: () => number, wait: (ms: number) => Promise<void>): Pace {
  let next = Number.NEGATIVE_INFINITY
  return {
    async turn() {
      const at = now()
      const due = Math.max(at, next)
      next = due + everyMs
      if (due > at) await wait(due - at)
    },
    hurry() {
      next = Number.NEGATIVE_INFINITY
    },
  }
}
