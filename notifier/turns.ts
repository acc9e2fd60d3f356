/**
 * Gives each key at most `limit` turns at a time and lets the rest wait by name, so that a receiver that hangs holds up
 * nothing but itself. A name that waits already does not wait twice.
 */
export interface Turns {
  /**
   * Runs `work` now when the key has a turn free. Otherwise it waits, and `false` is answered at once; `run` is then
   * called for it by whoever ends.
   */
  take(key: string, name: string, work: () => Promise<void>): Promise<boolean>
  /** Names of what waits. */
  waiting(): string[]
  /** Forgets what waits. */
  clear(): void
}

/** @param failed Told of work that waited and then threw; what ran at once throws to its caller. */
export function createTurns(limit: number, failed: (error: unknown, name: string) => void): Turns {
  const running = new Map<string, number>()
  const waiting = new Map<string, Map<string, () => Promise<void>>>()

  async function run(key: string, work: () => Promise<void>): Promise<void> {
    running.set(key, (running.get(key) ?? 0) + 1)
    try {
      await work()
    } finally {
      const left = (running.get(key) ?? 1) - 1
      if (left === 0) running.delete(key)
      else running.set(key, left)
    }
  }

  /** Goes on with what waits for the key until nothing does. */
  async function drain(key: string): Promise<void> {
    for (;;) {
      const queue = waiting.get(key)
      const [next] = queue ?? []
      if (queue === undefined || next === undefined) return
      const [name, work] = next
      queue.delete(name)
      if (queue.size === 0) waiting.delete(key)
      try {
        await run(key, work)
      } catch (error) {
        failed(error, name)
      }
    }
  }

  return {
    async take(key, name, work) {
      if ((running.get(key) ?? 0) >= limit) {
        const queue = waiting.get(key) ?? new Map<string, () => Promise<void>>()
        queue.set(name, work)
        waiting.set(key, queue)
        return false
      }
      try {
        await run(key, work)
      } finally {
        await drain(key)
      }
      return true
    },
    waiting: () => [...waiting.values()].flatMap((queue) => [...queue.keys()]),
    clear: () => waiting.clear(),
  }
}
