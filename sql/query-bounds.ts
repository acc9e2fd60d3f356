import { exceeded, QueryBoundError, QueryCancelledError } from '../schema/domain/query-bounds.js'
import { StoreError } from '../schema/ports/telemetry.js'
import type { ClickHouse, QueryParams } from './clients.js'

/** What one read of a person may use in ClickHouse. */
export interface ReadBounds {
  readonly seconds: number
  readonly rows: number
  readonly bytes: number
  readonly resultRows: number
}

/** 200 million rows of a few columns are what one node reads in such a time. */
export const READ_BOUNDS: ReadBounds = {
  seconds: 20,
  rows: 200_000_000,
  bytes: 20_000_000_000,
  resultRows: 1_000_000,
}

/** The bounds as the end of a SELECT. */
function boundsSql({ rows, bytes, resultRows }: ReadBounds): string {
  return `SETTINGS max_rows_to_read = ${rows}, max_bytes_to_read = ${bytes}, max_result_rows = ${resultRows},
    read_overflow_mode = 'throw', result_overflow_mode = 'throw'`
}

/** Runs a read within bounds, until its signal aborts. */
export async function readWithin<Row>(
  clickhouse: ClickHouse,
  sql: string,
  params: QueryParams,
  bounds: ReadBounds,
  signal: AbortSignal | undefined,
): Promise<Row[]> {
  const limits = { maxExecutionSeconds: bounds.seconds, ...(signal === undefined ? {} : { signal }) }
  try {
    return await clickhouse.query<Row>(`${sql} ${boundsSql(bounds)}`, params, limits)
  } catch (error) {
    if (signal?.aborted) throw new QueryCancelledError()
    throw asBoundError(error, bounds)
  }
}

/** ClickHouse's error as the bound that it stands for; any other error as it is. Codes after ClickHouse's ErrorCodes.cpp. */
export function asBoundError(error: unknown, bounds: ReadBounds): unknown {
  if (!(error instanceof StoreError)) return error
  switch (/\(code (\d+)\)$/.exec(error.message)?.[1]) {
    case '158':
      return exceeded('rows', bounds.rows)
    case '307':
      return exceeded('bytes', bounds.bytes)
    case '396':
      return exceeded('points', bounds.resultRows)
    case '159':
    case '160':
      return exceeded('time', bounds.seconds * 1_000)
    case '241':
      return new QueryBoundError(
        'memory',
        'The query takes more memory than ClickHouse gives one; expected a shorter range or a grouping by fewer labels.',
      )
    default:
      return error
  }
}
