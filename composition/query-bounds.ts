import type { Config } from '../config.js'
import type { QueryBounds } from '../schema/domain/query-bounds.js'

/** What a query may use where its org has no own numbers. */
export function standardQueryBounds(config: Config): QueryBounds {
  return {
    timeMs: config.TOCSIN_QUERY_TIME,
    rows: config.TOCSIN_QUERY_ROWS,
    bytes: config.TOCSIN_QUERY_BYTES,
    series: config.TOCSIN_QUERY_SERIES,
    samples: config.TOCSIN_QUERY_SAMPLES,
    points: config.TOCSIN_QUERY_POINTS,
    atOnce: config.TOCSIN_QUERIES_AT_ONCE,
  }
}
