/** Time as the client sees it; tests script their own. */
export interface ClientClock {
  /** Unix ms. */
  now(): number
  /**
   * Runs something later; the answer cancels it.
   *
   * @param holdsProcess Whether the process may not end before: a client's timers never hold it, save a flush that is
   *   being waited for.
   */
  schedule(ms: number, run: () => void, holdsProcess?: boolean): () => void
}

/** The clock of this process. */
export const processClock: ClientClock = {
  now: () => Date.now(),
  schedule(ms, run, holdsProcess = false) {
    const timer = setTimeout(run, ms)
    if (!holdsProcess) timer.unref()
    return () => clearTimeout(timer)
  },
}

/** Resolves after `ms`, or at once when the signal aborts. */
export function waitFor(clock: ClientClock, ms: number, abort: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (abort.aborted) return resolve()
    const done = () => {
      cancel()
      abort.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.schedule(ms, done)
    abort.addEventListener('abort', done)
  })
}
