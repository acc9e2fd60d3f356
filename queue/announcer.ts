import type { Signal } from '../schema/domain/signal.js'
import type { Log } from '../schema/ports/clock.js'
import type { FanOut } from '../schema/ports/limits.js'

/** Least time between two announcements of one signal, ms. */
const PAUSE_MS = 20

/**
 * Tells other processes that there is work: at once, and then at most every 20 ms a signal. Not by NOTIFY within the
 * enqueue: that takes a lock on the whole database until the commit is on disk, so commits would no longer share a write.
 */
export function announcer(fanOut: FanOut | undefined, log: Log): { say(signal: Signal): void; close(): Promise<void> } {
  const pausing = new Map<Signal, { timer: NodeJS.Timeout; again: boolean }>()
  const publishing = new Set<Promise<void>>()

  function publish(signal: Signal): void {
    if (fanOut === undefined) return
    const pause = { again: false, timer: setTimeout(() => ended(signal), PAUSE_MS) }
    pausing.set(signal, pause)
    const done: Promise<void> = fanOut
      .publish('intake', signal)
      .catch((error) => log.warn({ err: error, signal }, 'Other processes were not told of an enqueue.'))
      .finally(() => publishing.delete(done))
    publishing.add(done)
  }

  function ended(signal: Signal): void {
    const again = pausing.get(signal)?.again
    pausing.delete(signal)
    if (again) publish(signal)
  }

  return {
    say(signal) {
      const pause = pausing.get(signal)
      if (pause) pause.again = true
      else publish(signal)
    },
    /** What was said last and still waits is left unsaid: whoever waits for it looks again when its wait ends. */
    async close() {
      for (const { timer } of pausing.values()) clearTimeout(timer)
      pausing.clear()
      await Promise.all(publishing)
    },
  }
}
