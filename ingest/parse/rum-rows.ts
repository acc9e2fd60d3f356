import { ratingOf } from '../../schema/domain/vitals.js'
import { bareContexts, type ContextOf, enrichRum } from '../enrich/index.js'
import { attributeCells, mapCells, textMapCell } from './attribute-cells.js'
import type { ParsedBatch } from './batch.js'
import { errorFingerprint } from './error-fingerprint.js'
import { QuotedNames } from './quoted-names.js'
import { readRum } from './read-batch.js'
import { type DaysOf, type Rows, rowsOf, standardDays } from './rows.js'
import type { RumItem } from './rum-item.js'
import { nanosecondsText, readTimestamp } from './timestamp.js'

const NO_CELLS = { strings: '', numbers: '', bools: '', bytes: 0 }

/**
 * Rows of batches of browser events, in the order of `RUM_ROW_COLUMNS`, enriched and scrubbed: the same
 * batches give the same bytes.
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
  const quoted = new QuotedNames()
  return rowsOf(
    batches,
    daysOf,
    (batch) => ({ items: readRum(batch), ascii: false }),
    (sent: RumItem, batch, line) => {
      const event = enrichRum(sent, contextOf(batch.orgId))
      const at = event.timestamp == null ? null : readTimestamp(event.timestamp)
      const ms = at?.ms ?? Math.floor(batch.acceptedAt)
      const type = event.type.toLowerCase()
      const metric = type === 'vital' ? (event.name ?? '').toUpperCase() : ''
      const rating = ratingOf(metric, event.value ?? 0) ?? event.rating?.toLowerCase() ?? ''
      const errorType = event.error?.type ?? ''
      const message = event.error?.message ?? ''
      const stack = event.error?.stack ?? ''
      const fingerprint =
        event.error == null ? '' : event.error.fingerprint || errorFingerprint(errorType, message, stack)
      const page = event.page || pathOf(event.url ?? '')
      const own = attributeCells(event.attributes ?? {}, quoted)
      const attribution = textMapCell(event.attribution ?? {}, quoted)
      const before = [event.app, event.appVersion, event.environment, event.session, event.user, event.view]
      const texts = [...before, page, event.url, event.referrer, type, metric === '' ? event.name : metric]
      const after = [
        rating,
        errorType,
        message,
        stack,
        fingerprint,
        event.userAgent,
        event.browser,
        event.browserVersion,
      ]
      after.push(event.os, event.osVersion, event.device, event.country?.toUpperCase(), event.region, event.city)
      after.push(event.traceId?.toLowerCase(), event.spanId?.toLowerCase())
      let bytes = own.bytes + attribution.bytes
      for (const text of [...texts, ...after]) bytes += Buffer.byteLength(text ?? '')
      line.add(ms, bytes)
      const cells = (all: readonly (string | null | undefined)[]) =>
        all.map((text) => quotedText(text, quoted)).join(',')
      const time = nanosecondsText(ms, at?.ns ?? 0)
      return `${time},${cells(texts)},${event.value ?? 0},${cells(after)},${attribution.cell},${mapCells(own, NO_CELLS)}`
    },
  )
}

/** Short texts repeat from event to event; long ones do not. */
function quotedText(text: string | null | undefined, quoted: QuotedNames): string {
  if (text == null || text === '') return '""'
  return text.length <= 64 ? quoted.of(text) : JSON.stringify(text)
}

/** The path of an address, without host, query and fragment; empty where there is none. */
function pathOf(url: string): string {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/[^/?#]*)?([^?#]*)/i.exec(url)?.[1] ?? ''
}
