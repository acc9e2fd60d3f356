import type { Clock, Log } from '../../schema/ports/clock.js'
import type { LimitAnswer, RateLimiter } from '../../schema/ports/limits.js'
import { FixedWindows } from './fixed-windows.js'

/** A limit by its name. */
export interface NamedLimit {
  /** As the `RateLimit` header shows it. */
  readonly name: string
  readonly points: number
  readonly windowMs: number
}

/** Counts with the shared limiter, or by itself where that cannot be asked: it never fails. */
export interface SureLimiter {
  /** Takes points; none tells what is left. A refused take takes nothing. */
  consume(limit: NamedLimit, key: string, points: number): Promise<LimitAnswer>
}

/** An answer that takes longer than this is not waited for, ms. */
const PATIENCE_MS = 250
/** After a failure the shared limiter is left alone for so long, ms, so that its fault costs no request its time. */
const LEAVE_ALONE_MS = 1_000

/**
 * Open where it fails: a store of counts that is away refuses nobody, but each process goes on counting for itself, so
 * that no caller is without a limit.
 */
export function createSureLimiter(deps: {
  readonly limiter: RateLimiter
  readonly clock: Clock
  readonly log: Log
}): SureLimiter {
  const { limiter, clock, log } = deps
  const local = new Map<string, FixedWindows>()
  let leftAloneUntil = Number.NEGATIVE_INFINITY

  function byItself({ name, points: limit, windowMs }: NamedLimit, key: string, points: number): LimitAnswer {
    const windows = local.get(name) ?? new FixedWindows(limit, windowMs)
    local.set(name, windows)
    return windows.take(key, clock.now(), points, limit)
  }

  return {
    async consume(limit, key, points) {
      if (clock.now() < leftAloneUntil) return byItself(limit, key, points)
      try {
        const { points: most, windowMs } = limit
        return await inTime(limiter.consume(`ingest-${limit.name}:${key}`, points, { points: most, windowMs }))
      } catch (error) {
        leftAloneUntil = clock.now() + LEAVE_ALONE_MS
        log.warn(
          { error: error instanceof Error ? error.message : String(error) },
          'the limiter cannot be asked; this process counts by itself',
        )
        return byItself(limit, key, points)
      }
    },
  }
}

function inTime<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`It gave no answer in ${PATIENCE_MS} ms.`)), PATIENCE_MS)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
