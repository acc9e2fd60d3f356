import { compileEventFilter, createParamSink, type LabelColumns, parseEventSelector } from '../../query/logql/index.js'
import type { RumRange } from '../../schema/ports/rum.js'
import type { QueryParams } from '../clients.js'

/** What selectors over browser events find in columns, by the names on the wire and in the table. */
const RUM_LABELS: LabelColumns = new Map([
  ...same('app', 'environment', 'page', 'url', 'referrer', 'type', 'name', 'rating', 'fingerprint'),
  ...same('browser', 'os', 'device', 'country', 'region', 'city'),
  ...both('appVersion', 'app_version'),
  ...both('session', 'session_id'),
  ...both('user', 'user_id'),
  ...both('view', 'view_id'),
  ...both('errorType', 'error_type'),
  ...both('errorMessage', 'error_message'),
  ...both('errorStack', 'error_stack'),
  ...both('userAgent', 'user_agent'),
  ...both('browserVersion', 'browser_version'),
  ...both('osVersion', 'os_version'),
  ...both('traceId', 'trace_id'),
  ...both('spanId', 'span_id'),
  ['value', 'toString(value)'],
])

function same(...columns: readonly string[]): [string, string][] {
  return columns.map((column) => [column, column])
}

function both(name: string, column: string): [string, string][] {
  return [
    [name, column],
    [column, column],
  ]
}

/** Conditions on table `rum` and the values of their parameters. */
export interface Scope {
  /** The org's events in the range. */
  readonly range: string
  /** Those that meet the selector too. */
  readonly where: string
  /** Whether the selector leaves any event out. */
  readonly narrows: boolean
  readonly params: QueryParams
}

/** @throws QueryError when the selector is wrong. */
export function scopeOf(orgId: string, { from, to, filter = '{}' }: RumRange & { readonly filter?: string }): Scope {
  const sink = createParamSink()
  const selector = parseEventSelector(filter)
  const condition = compileEventFilter(selector, RUM_LABELS, sink)
  const range = `org_id = {org:String} AND ts >= fromUnixTimestamp64Milli({from:Int64})
    AND ts < fromUnixTimestamp64Milli({to:Int64})`
  return {
    range,
    where: `${range} AND ${condition}`,
    narrows: selector.matchers.length + selector.filters.length > 0,
    params: { ...sink.values, org: orgId, from: String(from), to: String(to) },
  }
}
