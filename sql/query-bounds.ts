import { endedBy, exceeded, QUERY_BOUNDS, QueryBoundError, type QueryBounds } from '../schema/domain/query-bounds.js'
import type { ReadLimits } from '../schema/ports/series.js'
import { StoreError } from '../schema/ports/telemetry.js'
import type { ClickHouse, QueryLimits, QueryParams } from './clients.js'

/** What one read of a person may use in ClickHouse. */
export type ReadBounds = Pick<QueryBounds, 'timeMs' | 'rows' | 'bytes' | 'points'>

/** The bounds as the end of a SELECT; an answer's values are counted as its rows. */
function boundsSql({ rows, bytes, points }: ReadBounds): string {
  return `SETTINGS max_rows_to_read = ${rows}, max_bytes_to_read = ${bytes}, max_result_rows = ${points},
    read_overflow_mode = 'throw', result_overflow_mode = 'throw'`
}

/** Runs a read within bounds (`QUERY_BOUNDS`, unless it is given others), until its signal aborts. */
export function readWithin<Row>(
  clickhouse: ClickHouse,
  sql: string,
  params: QueryParams,
  reach: Reach,
): Promise<Row[]> {
  return bounded(reach, (bounds, limits) => clickhouse.query<Row>(`${sql} ${bounds}`, params, limits))
}

/** The same as bytes of the Native format. */
export function readNativeWithin(
  clickhouse: ClickHouse,
  sql: string,
  params: QueryParams,
  reach: Reach,
): Promise<Uint8Array> {
  return bounded(reach, (bounds, limits) => clickhouse.queryNative(`${sql} ${bounds}`, params, limits))
}

type Reach = Pick<ReadLimits, 'signal'> & { readonly bounds?: ReadBounds | undefined }

async function bounded<Answer>(
  { bounds = QUERY_BOUNDS, signal }: Reach,
  read: (boundsSql: string, limits: QueryLimits) => Promise<Answer>,
): Promise<Answer> {
  if (signal?.aborted) throw endedBy(signal)
  const limits = { maxExecutionSeconds: bounds.timeMs / 1_000, ...(signal === undefined ? {} : { signal }) }
  try {
    return await read(boundsSql(bounds), limits)
  } catch (error) {
    if (signal?.aborted) throw endedBy(signal)
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
      return exceeded('points', bounds.points)
    case '159':
    case '160':
      return exceeded('time', bounds.timeMs)
    case '241':
      return new QueryBoundError(
        'memory',
        'The query takes more memory than ClickHouse gives one; expected a shorter range or a grouping by fewer labels.',
      )
    default:
      return error
  }
}
