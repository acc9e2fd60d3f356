/**
 * The words of ClickHouse's clients: one handle, whether ClickHouse runs in this process (`embedded/chdb.ts`) or as a
 * server (`clients-clickhouse.ts`).
 */

/** A value that is bound to a placeholder `{name:Type}`; it never becomes part of the SQL. */
export type QueryParam = string | number | bigint | boolean | null | readonly QueryParam[]
export type QueryParams = Readonly<Record<string, QueryParam>>

/** Settings of ClickHouse by their own names. */
export type ClickHouseSettings = Readonly<Record<string, string | number | boolean>>

/** Rows to insert, as the bytes they come in. */
export interface RowInsert {
  readonly table: string
  /** Left out, the columns are named by the rows' keys. */
  readonly columns?: readonly string[]
  /** An object a line, an array a line in the order of `columns`, or blocks of ClickHouse's own columns. */
  readonly format: 'JSONEachRow' | 'JSONCompactEachRow' | 'Native'
  readonly body: Uint8Array
  /**
   * Names the body: an insert of the same token adds nothing while the token is within the table's deduplication
   * window. The same token must name the same bytes.
   */
  readonly token: string
  readonly settings?: ClickHouseSettings
}

/**
 * Conditions of SQL by table: of these tables a query sees only the rows that meet them, whatever it asks for, in joins
 * and subqueries too. Only table functions that name tables by a pattern, such as `merge`, pass them by.
 */
export type TableFilters = Readonly<Record<string, string>>

/** Bounds a query; ClickHouse stops it and answers with an error of kind `store`. */
export interface QueryLimits {
  /** Seconds, fractions allowed. */
  readonly maxExecutionSeconds: number
  /**
   * Ends the query when it aborts. A server stops it; the embedded ClickHouse drops one that waits, and lets one that
   * runs go on to its limit.
   */
  readonly signal?: AbortSignal
  /** Left out, a query sees all rows. */
  readonly filters?: TableFilters
}

/**
 * One database of a ClickHouse. Errors are `StoreError`s: `query` when the statement or the rows are at fault and will
 * be refused again, `store` when ClickHouse is away, busy, out of time or out of memory.
 */
export interface ClickHouse {
  readonly database: string
  /**
   * Rows of a SELECT without FORMAT. Integers of 64 bits come as JavaScript numbers, so those beyond 2^53 are to be cast
   * to String in the SQL; NaN and infinities come as null.
   */
  query<Row>(sql: string, params: QueryParams, limits: QueryLimits): Promise<Row[]>
  /**
   * The same as bytes of ClickHouse's Native format (`readNative`), for answers so large that text would cost more than
   * the read.
   */
  queryNative(sql: string, params: QueryParams, limits: QueryLimits): Promise<Uint8Array>
  insertRows(insert: RowInsert): Promise<void>
  /** One statement that answers nothing: DDL, mutations. */
  command(sql: string, limits?: QueryLimits): Promise<void>
  /** Fails with a StoreError when ClickHouse does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** How long an insert may take, in seconds; then it has failed, and may be repeated with its token. */
export const INSERT_SECONDS = 60

/** How long a statement without limits of its own may take, in seconds: migrations rewrite tables. */
export const DEFAULT_COMMAND_SECONDS = 600

/** The same answers from both kinds, whatever a version's or a server's defaults are. */
export const ANSWER_SETTINGS = {
  output_format_json_quote_64bit_integers: 0,
  output_format_json_quote_denormals: 0,
} as const

/**
 * Settings of every insert: written when the call returns (no asynchronous insert), and told apart by its token in the
 * table and in every view it feeds; without the last, a repeated insert would count twice in a materialized view.
 */
export function insertSettings(token: string, more: ClickHouseSettings = {}) {
  return {
    async_insert: 0,
    max_execution_time: INSERT_SECONDS,
    insert_deduplicate: 1,
    deduplicate_blocks_in_dependent_materialized_views: 1,
    ...more,
    insert_deduplication_token: token,
  } as const
}
