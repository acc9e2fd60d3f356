import type { Instant } from '../../ingest/parse/timestamp.js'

/** Moves a file's times to now. All in Unix ms. */
export interface Pace {
  /** When a record is due, which is the time it bears. */
  moved(at: Instant): Instant
  /** Whether records wait until they are due. */
  readonly waits: boolean
}

/**
 * With a speed, the first record is due at `now` and the distances shrink by it: at speed 10 an hour passes in six
 * minutes, and the records say so. With speed 0 nothing waits: distances stay, and the last record bears `now`.
 */
export function paceOf(speed: number, first: number, last: number, now: number): Pace {
  if (speed === 0) {
    const shift = now - last
    return { waits: false, moved: ({ ms, ns }) => ({ ms: ms + shift, ns }) }
  }
  return {
    waits: true,
    moved({ ms, ns }) {
      const due = now + (ms + ns / 1e6 - first) / speed
      const whole = Math.floor(due)
      return { ms: whole, ns: Math.floor((due - whole) * 1e6) }
    },
  }
}
