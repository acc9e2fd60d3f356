import type { Labels } from '../domain/labels.js'
import type { AttributeValue } from '../domain/telemetry.js'
import type { RumDimension } from '../domain/vitals.js'
import type { Page, PageRequest } from './control-plane.js'
import type { ReadLimits } from './series.js'

/** Browser events in [from, to), Unix ms. */
export interface RumRange extends ReadLimits {
  readonly from: number
  readonly to: number
}

/** Browser events in [from, to) that meet a selector. */
export interface RumScope extends RumRange {
  readonly filter: string
}

/** The values of one web vital, all of them or those of one value of a dimension. */
export interface RumVital {
  readonly metric: string
  /** Null when they are not grouped. */
  readonly value: string | null
  readonly count: number
  /** Exact, interpolated between the two values that a quantile falls between. */
  readonly p50: number
  readonly p75: number
  readonly p95: number
  /** How many values have each rating; together all of them. */
  readonly good: number
  readonly needsImprovement: number
  readonly poor: number
}

/** The 75th percentile of a web vital over time: columns of one length. */
export interface RumSeries {
  readonly labels: Labels
  /** Where each span of time begins, Unix ms, ascending. */
  readonly timestamps: Float64Array
  readonly values: Float64Array
}

/** What a browser did under one session id, as far as it lies in the range that was asked for. */
export interface RumSession {
  readonly id: string
  /** RFC 3339 in UTC, of its first and its last event. */
  readonly startedAt: string
  readonly endedAt: string
  readonly durationMs: number
  readonly events: number
  /** Different pages. */
  readonly pages: number
  readonly views: number
  readonly errors: number
  /** Of these each is what the session's first event that says it says; null when none does. */
  readonly entryPage: string | null
  readonly app: string | null
  readonly user: string | null
  readonly country: string | null
  readonly browser: string | null
  readonly os: string | null
  readonly device: string | null
}

/** One stored browser event. Absent texts are null. */
export interface RumEvent {
  readonly id: string
  /** RFC 3339 in UTC with up to nanoseconds. */
  readonly at: string
  readonly type: string
  readonly app: string | null
  readonly session: string | null
  readonly view: string | null
  readonly page: string | null
  readonly url: string | null
  readonly name: string | null
  readonly value: number
  readonly rating: string | null
  readonly error: {
    readonly fingerprint: string
    readonly type: string | null
    readonly message: string
    readonly stack: string | null
  } | null
  readonly traceId: string | null
  readonly spanId: string | null
  readonly attribution: Readonly<Record<string, string>>
  readonly attributes: Readonly<Record<string, AttributeValue>>
}

/** How often a value was met. */
export interface RumShare {
  readonly value: string
  readonly count: number
}

/** Errors with one fingerprint. */
export interface RumErrorGroup {
  readonly fingerprint: string
  /** Of the newest of them. */
  readonly type: string | null
  readonly message: string
  readonly stack: string | null
  readonly session: string | null
  readonly count: number
  readonly sessions: number
  /** RFC 3339 in UTC. */
  readonly firstAt: string
  readonly lastAt: string
  /** The most frequent, most of them first. */
  readonly browsers: readonly RumShare[]
  readonly pages: readonly RumShare[]
  /** Spans of one width over the whole range, empty ones included; `at` in Unix ms. */
  readonly histogram: readonly { readonly at: number; readonly count: number }[]
}

/** Reads an org's browser events. Throws `QueryError`, `QueryBoundError`, `CursorError` and `StoreError`. */
export interface RumReader {
  /** Web vitals; with `by`, of the `first` values that each metric has most events of. */
  vitals(
    query: RumScope & { readonly by: RumDimension | null; readonly first: number },
  ): Promise<{ readonly vitals: readonly RumVital[]; readonly truncated: boolean }>
  /** A series for each metric, over spans of `step` ms that begin at `from`; spans without a value are left out. */
  vitalSeries(query: RumScope & { readonly step: number }): Promise<readonly RumSeries[]>
  /** Sessions of which an event meets the selector, the newest start first. */
  sessions(query: RumScope & PageRequest): Promise<Page<RumSession>>
  /** Null when the range has no event of it. */
  session(query: RumRange & { readonly id: string }): Promise<RumSession | null>
  /** Events of one session in time order. */
  sessionEvents(query: RumRange & PageRequest & { readonly id: string }): Promise<Page<RumEvent>>
  /**
   * Errors by fingerprint, the most frequent first. Pages after the first leave out what was stored since, so that no
   * group moves from one page to another.
   */
  errors(query: RumScope & PageRequest): Promise<Page<RumErrorGroup>>
}
