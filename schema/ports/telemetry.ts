import type { FlushSnapshot } from '../domain/horizon.js'
import type { Matcher } from '../domain/matcher.js'
import type { NamedSeries } from '../domain/series-key.js'
import type { LogRecord } from '../domain/telemetry.js'
import type { ReadLimits } from './series.js'

/**
 * Format of the rows of a `RowWriter`: ClickHouse's own columns, one block. Measured through chDB, on a log of 370 bytes
 * with one thread and without merges: 2.7 µs a row, against 8.5 for an array of JSON a line.
 */
export const ROW_FORMAT = 'Native'

/** Columns of table `logs` that its rows have. */
export const LOG_ROW_COLUMNS = [
  'flush_id',
  'org_id',
  'ts',
  'service',
  'level',
  'message',
  'trace_id',
  'span_id',
  'attributes_string',
  'attributes_number',
  'attributes_bool',
  'batch_id',
  'item',
  'accepted_at',
  'retention_days',
] as const

/** Columns of table `spans` that its rows have. */
export const SPAN_ROW_COLUMNS = [
  'flush_id',
  'org_id',
  'ts',
  'duration_ns',
  'service',
  'name',
  'kind',
  'status',
  'status_message',
  'trace_id',
  'span_id',
  'parent_span_id',
  'trace_state',
  'scope_name',
  'scope_version',
  'attributes_string',
  'attributes_number',
  'attributes_bool',
  'events_ts',
  'events_name',
  'events_attributes',
  'links_trace_id',
  'links_span_id',
  'links_attributes',
  'batch_id',
  'item',
  'accepted_at',
  'retention_days',
] as const

/** Columns of table `rum` that its rows have. */
export const RUM_ROW_COLUMNS = [
  'flush_id',
  'org_id',
  'ts',
  'app',
  'app_version',
  'environment',
  'session_id',
  'user_id',
  'view_id',
  'page',
  'url',
  'referrer',
  'type',
  'name',
  'value',
  'rating',
  'error_type',
  'error_message',
  'error_stack',
  'fingerprint',
  'user_agent',
  'browser',
  'browser_version',
  'os',
  'os_version',
  'device',
  'country',
  'region',
  'city',
  'trace_id',
  'span_id',
  'attribution',
  'attributes_string',
  'attributes_number',
  'attributes_bool',
  'batch_id',
  'item',
  'accepted_at',
  'retention_days',
] as const

/** Stores rows of one table of ClickHouse. */
export interface RowWriter {
  /**
   * Inserts rows in `ROW_FORMAT`, of the table's columns above, under the flush's token: the same flush again adds
   * nothing, as long as the store's deduplication window reaches (10,000 inserts).
   */
  insert(flushId: bigint, rows: Uint8Array): Promise<void>
  /** Rows of a flush that are stored, looked for in a range of slices. */
  count(flushId: bigint, firstSlice: number, lastSlice: number): Promise<number>
}

/** Stores rows of logs. */
export type LogWriter = RowWriter

/** One sample of one series of one org. */
export interface MetricSample extends NamedSeries {
  /** Unix ms. */
  readonly ts: number
  readonly value: number
  /** A staleness marker: the series ends here, and the value says nothing. */
  readonly stale?: boolean
}

/** Stores samples; one that is already there (same series and time) is left as it is, so a flush can be repeated. */
export interface MetricWriter {
  insert(flushId: bigint, samples: readonly MetricSample[]): Promise<void>
}

/** A page of log records. */
export interface LogPage {
  readonly records: readonly { readonly cursor: string; readonly record: LogRecord }[]
  readonly hasNextPage: boolean
}

/** Reads an org's logs. */
export interface LogReader {
  /**
   * Records in [from, to) that meet a log selector, by time and then by id, a page at a time. Cursors are stable under
   * inserts. Throws `QueryError` for a wrong query, `QueryBoundError` for one that reads too much, `QueryCancelledError`
   * after `signal` and `StoreError` when the store cannot answer.
   *
   * @param after Cursor of the last record seen; null for the first page. A cursor not made by this method is a QueryError.
   */
  search(
    query: ReadLimits & {
      readonly selector: string
      /** Unix ms. */
      readonly from: number
      readonly to: number
      readonly first: number
      readonly after: string | null
      readonly order: 'ASC' | 'DESC'
    },
  ): Promise<LogPage>
  /** The record of an id; null where there is none. */
  find(query: ReadLimits & { readonly id: string }): Promise<LogRecord | null>
}

/** Which records of a tail: of flushes that one snapshot sees and an earlier one does not. */
export interface NewLogs extends ReadLimits {
  readonly selector: string
  readonly before: FlushSnapshot
  readonly after: FlushSnapshot
  /** Where the flushes' records lie: [from, to), Unix ms. */
  readonly from: number
  readonly to: number
  /** Only those after this record, by its cursor; null for all. */
  readonly beyond: string | null
}

/** Reads what came into an org's logs since. Throws like `LogReader`. */
export interface LogTailReader {
  /** The first records by time and id, or the last of them; in rising order either way. */
  page(query: NewLogs & { readonly first: number; readonly newest: boolean }): Promise<LogPage>
  count(query: NewLogs): Promise<number>
}

/** Samples of one series over a range, as the PromQL engine reads them. */
export interface StoredSeries {
  readonly labels: Record<string, string>
  readonly timestamps: Float64Array
  readonly values: Float64Array
  /** 1 where a sample is a staleness marker; left out where none is. */
  readonly stale?: Uint8Array
}

/** Reads an org's metrics; `snapshot` limits to the flushes it sees. */
export interface MetricReader {
  select(
    matchers: readonly Matcher[],
    range: { readonly start: number; readonly end: number },
    snapshot: FlushSnapshot | null,
    limits?: ReadLimits,
  ): Promise<StoredSeries[]>
}

/**
 * A store did not do what was asked. `query`: the question itself is at fault and will fail again. `store`: the store
 * is away, overloaded or out of time; the same may succeed later.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  /** The question ran out of time or memory: with kind `store`, since a busy store may be why, but a smaller one may pass. */
  readonly exhausted: boolean

  constructor(
    readonly kind: 'query' | 'store',
    message: string,
    options: ErrorOptions & { readonly exhausted?: boolean } = {},
  ) {
    super(message, options)
    this.exhausted = options.exhausted ?? false
  }
}
