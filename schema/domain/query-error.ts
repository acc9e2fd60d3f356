/**
 * A query, in LogQL or PromQL, that cannot be run as it is written: it does not parse, or asks for what is not
 * supported. The message is a sentence that says where, what was found and what was expected.
 */
export class QueryError extends Error {
  override readonly name = 'QueryError'
  readonly code = 'QUERY_INVALID'

  constructor(
    message: string,
    /** 1-based line of the query's text. */
    readonly line: number,
    /** 1-based column in that line, in UTF-16 code units. */
    readonly column: number,
  ) {
    super(message)
  }
}
