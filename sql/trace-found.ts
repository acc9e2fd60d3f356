import { createParamSink, type ParamSink } from '../query/logql/index.js'
import { compileSpanFilter, parseSpanSelector } from '../query/traces/index.js'
import type { TraceQuery } from '../schema/ports/traces.js'
import type { QueryParams } from './clients.js'

/** A part of a SELECT with its parameters. */
export interface SqlPart {
  readonly sql: string
  readonly params: QueryParams
}

/** Spans of an org that began in [from, to). */
export const IN_RANGE = `org_id = {org:String} AND ts >= fromUnixTimestamp64Milli({from:Int64})
  AND ts < fromUnixTimestamp64Milli({to:Int64})`

/**
 * The traces that a query finds, as a SELECT of `trace_id`, `first` and `last` (Unix ns) and `errors`: of each trace as
 * far as its spans began in the range.
 *
 * @param beyond One more condition on a trace; its parameters are the caller's.
 */
export function foundTraces(orgId: string, query: TraceQuery, beyond = ''): SqlPart {
  const params = createParamSink()
  const match = spanConditions(query, params)
  const matching =
    match.length === 0
      ? ''
      : `AND trace_id IN (SELECT trace_id FROM spans WHERE ${IN_RANGE} AND ${match.join(' AND ')})`
  const having = [...traceConditions(query, params), ...(beyond === '' ? [] : [beyond])]
  return {
    sql: `SELECT trace_id, min(toUnixTimestamp64Nano(ts)) AS first,
       max(toUnixTimestamp64Nano(ts) + toInt64(duration_ns)) AS last, countIf(status = 'error') AS errors
     FROM spans WHERE ${IN_RANGE} ${matching}
     GROUP BY trace_id ${having.length === 0 ? '' : `HAVING ${having.join(' AND ')}`}`,
    params: { ...params.values, org: orgId, from: String(query.from), to: String(query.to) },
  }
}

/** Conditions on one and the same span. */
function spanConditions({ filter, service, name }: TraceQuery, params: ParamSink): string[] {
  return [
    ...(service === null ? [] : [`service = ${params.text(service)}`]),
    ...(name === null ? [] : [`name = ${params.text(name)}`]),
    ...(filter === null ? [] : [compileSpanFilter(parseSpanSelector(filter), params)]),
  ]
}

function traceConditions(query: TraceQuery, params: ParamSink): string[] {
  const { minDurationMs, maxDurationMs, errorsOnly } = query
  return [
    ...(minDurationMs === null ? [] : [`last - first >= ${params.number(minDurationMs * 1e6)}`]),
    ...(maxDurationMs === null ? [] : [`last - first <= ${params.number(maxDurationMs * 1e6)}`]),
    ...(errorsOnly ? ['errors > 0'] : []),
  ]
}
