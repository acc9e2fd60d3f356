import { ratingOf } from '../../schema/domain/vitals.js'
import { DictionaryColumn, Float64Column, MapColumn, NanosecondsColumn, TextColumn } from '../columns/index.js'
import { bareContexts, type ContextOf, enrichRum } from '../enrich/index.js'
import { AttributeColumns, addTexts } from './attribute-columns.js'
import type { ParsedBatch } from './batch.js'
import { errorFingerprint } from './error-fingerprint.js'
import { readRum } from './read-batch.js'
import { type DaysOf, type Rows, rowsOf, standardDays } from './rows.js'
import type { RumItem } from './rum-item.js'
import { readTimestamp } from './timestamp.js'

/**
 * Rows of batches of browser events, enriched and scrubbed: the same batches give the same bytes.
 *
 * Usage counts, as `bytes` of an event, the UTF-8 length of its texts and of the names and values of its attribution and
 * its attributes.
 *
 * @throws PoisonBatchError naming the first batch that cannot be read.
 */
export function toRumRows(
  batches: readonly ParsedBatch[],
  contextOf: ContextOf = bareContexts(),
  daysOf: DaysOf = standardDays,
): Rows {
  const ts = new NanosecondsColumn()
  const value = new Float64Column()
  const names = NAMES.map((column) => [column, new DictionaryColumn()] as const)
  const texts = TEXTS.map((column) => [column, new TextColumn()] as const)
  const attribution = new MapColumn(new TextColumn())
  const attributes = new AttributeColumns()
  return rowsOf<RumItem>(batches, daysOf, {
    columns: {
      ...{ ts, value, ...Object.fromEntries([...names, ...texts]), attribution },
      attributes_string: attributes.strings,
      attributes_number: attributes.numbers,
      attributes_bool: attributes.bools,
    },
    read: (batch) => ({ items: readRum(batch), ascii: false }),
    write(sent, batch, line, ascii) {
      const event = enrichRum(sent, contextOf(batch.orgId))
      const at = event.timestamp == null ? null : readTimestamp(event.timestamp)
      const ms = at?.ms ?? Math.floor(batch.acceptedAt)
      ts.add(ms, at?.ns ?? 0)
      value.add(event.value ?? 0)
      const said = eventTexts(event)
      let bytes = addTexts(attribution, event.attribution ?? {}) + attributes.add(event.attributes, ascii)
      for (const [name, column] of names) bytes += column.add(said[name] ?? '')
      for (const [name, column] of texts) bytes += column.add(said[name] ?? '', ascii)
      line.add(ms, bytes)
    },
  })
}

/** Columns of an event of which few texts are different. */
const NAMES = [
  ...(['app', 'app_version', 'environment', 'type', 'rating', 'error_type', 'browser', 'browser_version'] as const),
  ...(['os', 'os_version', 'device', 'country', 'region'] as const),
]
/** Its other columns of texts. */
const TEXTS = [
  ...(['session_id', 'user_id', 'view_id', 'page', 'url', 'referrer', 'name', 'error_message'] as const),
  ...(['error_stack', 'fingerprint', 'user_agent', 'city', 'trace_id', 'span_id'] as const),
]
type EventTexts = Record<(typeof NAMES)[number] | (typeof TEXTS)[number], string | null | undefined>

/** What an event says in each of the columns. */
function eventTexts(event: RumItem): EventTexts {
  const type = event.type.toLowerCase()
  const metric = type === 'vital' ? (event.name ?? '').toUpperCase() : ''
  const [errorType, message, stack] = [event.error?.type ?? '', event.error?.message ?? '', event.error?.stack ?? '']
  return {
    app: event.app,
    app_version: event.appVersion,
    environment: event.environment,
    session_id: event.session,
    user_id: event.user,
    view_id: event.view,
    page: event.page || pathOf(event.url ?? ''),
    url: event.url,
    referrer: event.referrer,
    type,
    name: metric === '' ? event.name : metric,
    rating: ratingOf(metric, event.value ?? 0) ?? event.rating?.toLowerCase(),
    error_type: errorType,
    error_message: message,
    error_stack: stack,
    fingerprint: event.error == null ? '' : event.error.fingerprint || errorFingerprint(errorType, message, stack),
    user_agent: event.userAgent,
    browser: event.browser,
    browser_version: event.browserVersion,
    os: event.os,
    os_version: event.osVersion,
    device: event.device,
    country: event.country?.toUpperCase(),
    region: event.region,
    city: event.city,
    trace_id: event.traceId?.toLowerCase(),
    span_id: event.spanId?.toLowerCase(),
  }
}

/** The path of an address, without host, query and fragment; empty where there is none. */
function pathOf(url: string): string {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/[^/?#]*)?([^?#]*)/i.exec(url)?.[1] ?? ''
}
