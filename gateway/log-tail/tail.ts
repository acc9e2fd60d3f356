import { createWaiting, type TailEvent } from './waiting.js'

/** One reader's tail. It ends at `end`, when its reader returns, and when its signal aborts. */
export interface Tail extends AsyncIterableIterator<TailEvent> {
  show(events: readonly TailEvent[]): void
  /** With an error, what waits is left and the error thrown. */
  end(error: Error | null): void
}

/**
 * @param caughtUp What came before all that is shown; null for nothing.
 * @param left Called once, when it has ended.
 */
export function createTail(deps: {
  readonly caughtUp: AsyncIterator<TailEvent> | null
  readonly signal: AbortSignal
  readonly left: (tail: Tail) => void
}): Tail {
  const { signal } = deps
  const waiting = createWaiting()
  let { caughtUp } = deps
  let ended: { error: Error | null } | null = null
  let wake = () => {}

  /** The end, its error only once. */
  function last(): IteratorResult<TailEvent> {
    const error = ended?.error ?? null
    ended = { error: null }
    if (error !== null) throw error
    return { done: true, value: undefined }
  }

  const tail: Tail = {
    async next() {
      while (ended === null) {
        const earlier = caughtUp === null ? null : await nextOf(caughtUp)
        if (ended !== null) break
        if (earlier !== null) return { done: false, value: earlier }
        caughtUp = null
        const event = waiting.take()
        if (event !== null) return { done: false, value: event }
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return last()
    },
    async return() {
      tail.end(null)
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]: () => tail,
    show(events) {
      if (ended !== null) return
      waiting.add(events)
      wake()
    },
    end(error) {
      if (ended !== null) return
      ended = { error }
      signal.removeEventListener('abort', leave)
      deps.left(tail)
      wake()
    },
  }
  const leave = () => tail.end(null)
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  return tail

  async function nextOf(events: AsyncIterator<TailEvent>): Promise<TailEvent | null> {
    try {
      const { done, value } = await events.next()
      return done ? null : value
    } catch (error) {
      // Its reads are broken off with the same signal.
      if (ended !== null) return null
      tail.end(error instanceof Error ? error : new Error(String(error)))
      return null
    }
  }
}
