/**
 * A computation in short steps: it yields after each, so that whoever runs it can let others have their turn, or give
 * it up. A step takes a few milliseconds at most.
 */
export type Work<Result> = Generator<void, Result>

/** Items that a loop goes through between two yields. */
export const STEP = 65_536

/** Runs a computation in one go. */
export function finish<Result>(work: Work<Result>): Result {
  for (;;) {
    const step = work.next()
    if (step.done === true) return step.value
  }
}
