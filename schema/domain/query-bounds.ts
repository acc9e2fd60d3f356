/** What a query of a person may use of the installation, each query by itself. An org may have its own. */
export interface QueryBounds {
  /** From when it came to its last byte, waiting included, ms. */
  readonly timeMs: number
  /** Rows of logs, spans or events that ClickHouse reads for it. */
  readonly rows: number
  /** Bytes of them, decompressed. */
  readonly bytes: number
  /** Series that its selectors meet. */
  readonly series: number
  /** Samples that are read for it. */
  readonly samples: number
  /** Values that it answers with. */
  readonly points: number
  /** Queries of one org at the same time, those that wait included. */
  readonly atOnce: number
}

/**
 * 200 million rows of a few columns are what one node of ClickHouse reads in such a time. 5 million samples hold 80 MB
 * and a million values are 25 MB of JSON: what one process bears beside its other work. 64 at once are a large
 * dashboard's panels, opened twice.
 */
export const QUERY_BOUNDS: QueryBounds = {
  timeMs: 30_000,
  rows: 200_000_000,
  bytes: 20_000_000_000,
  series: 50_000,
  samples: 5_000_000,
  points: 1_000_000,
  atOnce: 64,
}

/** Times at which a range query may be answered, as in Prometheus: 11,000 are every minute of a week. */
export const MAX_STEPS = 11_000

/** Closed set of what a query can use too much of. */
export type QueryBound = 'time' | 'steps' | 'series' | 'samples' | 'points' | 'rows' | 'bytes' | 'memory' | 'queries'

/** A query that would use more than it may. The message says which bound, and how to ask for less. */
export class QueryBoundError extends Error {
  override readonly name = 'QueryBoundError'
  constructor(
    readonly bound: QueryBound,
    message: string,
  ) {
    super(message)
  }
}

/** A query whose caller left, or whose gateway closes, before it was answered. */
export class QueryCancelledError extends Error {
  override readonly name = 'QueryCancelledError'
  constructor() {
    super('The query was cancelled before it was answered: its caller left, or this gateway closes.')
  }
}

/** Why a query ended with its signal: the bound that was met, else that its caller left. */
export function endedBy(signal: AbortSignal): Error {
  const reason: unknown = signal.reason
  return reason instanceof QueryBoundError || reason instanceof QueryCancelledError ? reason : new QueryCancelledError()
}

/** How to ask for less of each. */
const NARROW: Readonly<Record<QueryBound, string>> = {
  time: 'a shorter range, a longer step or fewer series',
  steps: 'a longer step or a shorter range',
  series: 'a selector with more labels',
  samples: 'a shorter range or a selector with more labels',
  points: 'an aggregation such as sum by (…), a longer step or a shorter range',
  rows: 'a shorter range or a selector that names a service or an app',
  bytes: 'a shorter range or a selector that names a service or an app',
  memory: 'a shorter range or a grouping by fewer labels',
  queries: 'fewer queries at the same time',
}

const NAMES: Readonly<Record<QueryBound, string>> = {
  time: 'ms',
  steps: 'steps',
  series: 'series',
  samples: 'samples',
  points: 'values in the answer',
  rows: 'rows read',
  bytes: 'bytes read',
  memory: 'bytes of memory',
  queries: 'queries at once',
}

/** The error of a bound that was met. */
export function exceeded(bound: QueryBound, limit: number): QueryBoundError {
  const most = limit.toLocaleString('en-US')
  return new QueryBoundError(bound, `The query takes more than ${most} ${NAMES[bound]}; expected ${NARROW[bound]}.`)
}
