import type { Duration, TimeShift } from './ast.js'
import { durationMs } from './duration.js'
import type { QueryTimes } from './frame.js'

/** Samples older than this are not the newest of a series any more: 5 minutes, as in Prometheus. */
export const LOOKBACK_MS = 300_000
/** Step of a subquery that names none: 1 minute, Prometheus's default evaluation interval. */
export const SUBQUERY_STEP_MS = 60_000

/** A time shift in numbers: the place of `@` (null where there is none) and how far to look back from it, in ms. */
export interface ResolvedShift {
  readonly at: number | null
  readonly offset: number
}

/** What `offset` and `@` of a node come to in a query. */
export function resolveShift({ offset, at }: TimeShift, times: QueryTimes): ResolvedShift {
  return {
    offset: offset === null ? 0 : resolveDuration(offset, times),
    at: at === null ? null : at.kind === 'time' ? at.ms : times[at.kind],
  }
}

/** A duration in ms, as it stands in a query. */
export function resolveDuration(duration: Duration, times: QueryTimes): number {
  return durationMs(duration, { step: times.step, range: times.end - times.start })
}
