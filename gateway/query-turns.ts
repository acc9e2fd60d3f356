import { exceeded, type QueryBounds, QueryCancelledError } from '../schema/domain/query-bounds.js'
import type { OrgQueryBounds } from '../schema/ports/query-bounds.js'

/** What a query at work holds its readers to. */
export interface QueryLimits {
  /** Aborts when the caller leaves or the time is up; its reason is the error to answer with. */
  readonly signal: AbortSignal
  readonly bounds: QueryBounds
}

/** Who asks a query, and for how long it would wait. */
export interface QueryCaller {
  readonly orgId: string
  /** Aborts when the caller leaves. */
  readonly signal: AbortSignal
  /** Less time than the bound; left out or null, all of it, ms. */
  readonly timeoutMs?: number | null
}

/** Runs the queries of people and programs, of every language, within the bounds of their org. */
export interface QueryTurns {
  /**
   * Runs a query, which counts against its org from when it is asked. What does not end with its signal is left behind.
   *
   * @throws QueryBoundError for the time and for queries at once; QueryCancelledError; what `query` throws.
   */
  run<Result>(caller: QueryCaller, query: (limits: QueryLimits) => Promise<Result>): Promise<Result>
}

export function createQueryTurns(orgBounds: OrgQueryBounds): QueryTurns {
  const running = new Map<string, number>()

  return {
    async run({ orgId, signal, timeoutMs }, query) {
      const bounds = await orgBounds.of(orgId)
      const inUse = running.get(orgId) ?? 0
      if (inUse >= bounds.atOnce) throw exceeded('queries', bounds.atOnce)
      running.set(orgId, inUse + 1)
      const timeMs = Math.min(timeoutMs ?? bounds.timeMs, bounds.timeMs)
      const ending = new AbortController()
      const late = setTimeout(() => ending.abort(exceeded('time', timeMs)), timeMs)
      const leave = () => ending.abort(new QueryCancelledError())
      signal.addEventListener('abort', leave, { once: true })
      if (signal.aborted) leave()
      try {
        return await untilAborted(ending.signal, () => query({ signal: ending.signal, bounds: { ...bounds, timeMs } }))
      } finally {
        clearTimeout(late)
        signal.removeEventListener('abort', leave)
        const left = (running.get(orgId) ?? 1) - 1
        if (left > 0) running.set(orgId, left)
        else running.delete(orgId)
      }
    },
  }
}

/** What work gives, or the reason of the signal as soon as it aborts. */
async function untilAborted<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  if (signal.aborted) throw signal.reason
  let leave = () => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    leave = () => reject(signal.reason)
    signal.addEventListener('abort', leave, { once: true })
  })
  try {
    return await Promise.race([work(), aborted])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
