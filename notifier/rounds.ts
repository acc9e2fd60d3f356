/** Work done over and over: on a timer and when woken, never twice at a time. */
export interface Rounds {
  start(): void
  /** Asks for a round soon; while one is under way, for one more after it. */
  wake(): void
  /** No more rounds; resolves when the one under way has ended. */
  stop(): Promise<void>
}

/** @param failed Told of a round that threw; the next one comes all the same. */
export function createRounds(
  name: string,
  everyMs: number,
  round: () => Promise<unknown>,
  failed: (error: unknown, name: string) => void,
): Rounds {
  let timer: NodeJS.Timeout | undefined
  let under: Promise<void> | null = null
  let again = false
  let stopped = true

  async function run(): Promise<void> {
    do {
      again = false
      try {
        await round()
      } catch (error) {
        failed(error, name)
      }
    } while (again && !stopped)
    under = null
  }

  const wake = () => {
    if (stopped) return
    again = true
    under ??= run()
  }

  return {
    start() {
      stopped = false
      timer = setInterval(wake, everyMs)
      wake()
    },
    wake,
    async stop() {
      stopped = true
      clearInterval(timer)
      await under
    },
  }
}
