import type { Log } from '../schema/ports/clock.js'

/** What was started, in order; `run` stops it in reverse. */
export interface Stops {
  add(name: string, stop: () => Promise<void>): void
  /** Stops everything, last first; one that fails is reported and keeps none of the others from stopping. Runs once. */
  run(): Promise<void>
}

export function createStops(log: Log): Stops {
  const started: { name: string; stop: () => Promise<void> }[] = []
  let running: Promise<void> | null = null

  async function stopAll(): Promise<void> {
    for (let each = started.pop(); each !== undefined; each = started.pop()) {
      try {
        await each.stop()
        log.debug({ part: each.name }, 'stopped')
      } catch (error) {
        log.error({ part: each.name, error: String(error) }, 'could not be stopped cleanly')
      }
    }
  }

  return {
    add: (name, stop) => void started.push({ name, stop }),
    run() {
      running ??= stopAll()
      return running
    },
  }
}
