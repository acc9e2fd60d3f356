import type { Labels } from '../domain/labels.js'
import type { Matcher } from '../domain/matcher.js'
import type { QueryBounds } from '../domain/query-bounds.js'

/** A span of time in Unix ms, both ends included. */
export interface SeriesRange {
  readonly start: number
  readonly end: number
}

/** What a read of a person may use; a reader is given it with each question. */
export interface ReadLimits {
  /** Ends a query whose caller left, or whose time is up: it throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** A reader that meets one throws a QueryBoundError. Left out, the reader's own hold. */
  readonly bounds?: QueryBounds | undefined
}

/** What series are looked for: those that meet every matcher of one of the lists; no list stands for all. */
export interface SeriesQuery extends ReadLimits {
  readonly anyOf: readonly (readonly Matcher[])[]
  /** Only series with a sample in it; null for all that were ever stored and not forgotten. */
  readonly range: SeriesRange | null
  /** How many at most. */
  readonly limit: number
}

/** A list that may have been cut at the limit that was asked for. */
export interface Cut<Item> {
  readonly items: readonly Item[]
  readonly truncated: boolean
}

/** What is known of a metric beside its samples. */
export interface MetricFacts {
  readonly name: string
  /** Prometheus's word for it: `counter`, `gauge`, `histogram`, `summary` or `unknown`. */
  readonly type: string
}

/** Reads which series an org has. The metric's name is label `__name__`. */
export interface SeriesCatalog {
  /** Label sets, in order of name and labels. */
  series(query: SeriesQuery): Promise<Cut<Labels>>
  /** Names of labels, `__name__` among them, in order. */
  labelNames(query: SeriesQuery): Promise<Cut<string>>
  /** Values of a label, in order. `prefix` narrows to those that begin so. */
  labelValues(label: string, query: SeriesQuery & { readonly prefix?: string }): Promise<Cut<string>>
  /** Metrics by name; `name` narrows to one. */
  metrics(query: ReadLimits & { readonly name: string | null; readonly limit: number }): Promise<readonly MetricFacts[]>
}

/** One bucket of a histogram of logs. */
export interface LogBucket {
  /** Its start, Unix ms. */
  readonly at: number
  readonly level: string
  /** How many records, a whole number above zero, as text. */
  readonly count: string
}

/** A series made from logs: columns of one length. */
export interface LogSeries {
  readonly labels: Labels
  /** Unix ms, ascending. */
  readonly timestamps: Float64Array
  readonly values: Float64Array
}

/** Counts an org's logs and makes series of them. Throws `QueryError`, `QueryBoundError` and `StoreError`. */
export interface LogSeriesReader {
  /** Records in [from, to) that meet a log selector, by level, in buckets of `widthMs` from `from` on. Empty ones are absent. */
  histogram(
    query: ReadLimits & {
      readonly selector: string
      readonly from: number
      readonly to: number
      readonly widthMs: number
    },
  ): Promise<readonly LogBucket[]>
  /** A LogQL metric query at `start`, `start + step` … up to `end` (Unix ms and ms). */
  series(
    query: ReadLimits & {
      readonly query: string
      readonly start: number
      readonly end: number
      readonly step: number
    },
  ): Promise<readonly LogSeries[]>
}
