import { endedBy } from '../../schema/domain/query-bounds.js'

/** How long a computation may hold the process before others have their turn, ms. */
const TURN_MS = 8

/**
 * Runs a computation that yields between short steps, so that a large one delays no other request by more than a turn
 * and a step.
 *
 * @throws The signal's reason when it has aborted.
 */
export async function stepwise<Result>(work: Generator<void, Result>, signal: AbortSignal): Promise<Result> {
  for (;;) {
    if (signal.aborted) throw endedBy(signal)
    const until = performance.now() + TURN_MS
    do {
      const step = work.next()
      if (step.done === true) return step.value
    } while (performance.now() < until)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}
