import type { InstantResult, RangeResult } from '../../query/promql/index.js'
import type { QueryBound } from '../../schema/domain/query-bounds.js'
import type { Part } from './join-series.js'
import type { PackedRows } from './packed-rows.js'
import type { PackedSeries } from './packed-series.js'

/** What a selector of a query was answered with; `key` names its matchers and range. */
export interface Selection {
  readonly key: string
  readonly series: PackedSeries
}

/** What a range selector of a query was answered with from rollups; `fetch` is its place in the plan. */
export interface RolledShare {
  readonly fetch: number
  readonly levelMs: number
  readonly exact: boolean
  readonly series: PackedRows
}

/** What of an answer is known already, and what is to be evaluated. */
export interface Shares {
  readonly known: readonly Part[]
  /** First and last instant to evaluate; null when all is known. */
  readonly missing: { readonly first: number; readonly last: number } | null
}

/** A query with all it needs, as a worker thread is given it. */
export interface EvaluationTask {
  readonly promql: string
  /** Unix ms; step 0 asks for one instant, `start`. */
  readonly times: { readonly start: number; readonly end: number; readonly step: number }
  readonly selections: readonly Selection[]
  /** Fetches of the plan that rollups answer. */
  readonly rolled?: readonly RolledShare[]
  /** What there is to say of where the samples came from. */
  readonly warnings?: readonly string[]
  /** `columns`: the result as the engine gives it. `json`: the text of Prometheus's `data`. */
  readonly form: 'columns' | 'json'
  /** Values that the answer may hold. */
  readonly points: number
  /** Series that are kept of the answer; null for all. */
  readonly limit: number | null
  /** Left out, all is evaluated. */
  readonly shares?: Shares
}

/** What the engine says beside a result. */
export interface Said {
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
}

/** What was evaluated of a task that came with shares, before anything was cut. */
export interface Fresh extends Said {
  readonly series: PackedSeries
}

/** The result of a task, in the form that was asked for. */
export type Evaluated = { readonly fresh?: Fresh } & (
  | { readonly form: 'columns'; readonly result: InstantResult | RangeResult }
  | (Said & { readonly form: 'json'; readonly data: Uint8Array })
)

/** What a worker thread answers. Errors lose their class on the way, so those that are the query's go as data. */
export type EvaluationAnswer =
  | { readonly outcome: 'done'; readonly evaluated: Evaluated }
  | {
      readonly outcome: 'query'
      readonly message: string
      readonly line: number
      readonly column: number
      readonly found: string
      readonly expected: string
      readonly sentence: string
    }
  | { readonly outcome: 'bound'; readonly bound: QueryBound; readonly message: string }
  | { readonly outcome: 'failed'; readonly message: string }
