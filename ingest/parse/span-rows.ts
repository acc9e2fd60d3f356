import { bareContexts, type ContextOf, enrichAttributes, enrichSpan } from '../enrich/index.js'
import { attributeCells, mapCells, SharedCells, textMapCell } from './attribute-cells.js'
import type { ParsedBatch } from './batch.js'
import { UNKNOWN_SERVICE } from './log-rows.js'
import { QuotedNames } from './quoted-names.js'
import { readSpans } from './read-batch.js'
import { type DaysOf, type Rows, rowsOf, standardDays } from './rows.js'
import type { Attributes, SpanItem } from './span-item.js'
import { nanosecondsText } from './timestamp.js'

/**
 * Rows of batches of spans, in the order of `SPAN_ROW_COLUMNS`, enriched and scrubbed: the same batches
 * give the same bytes.
 *
 * Usage counts, as `bytes` of a span, the UTF-8 length of its name, its status message and the names and values of its
 * attributes, its events and links included.
 *
 * @throws PoisonBatchError naming the first batch that cannot be read.
 */
export function toSpanRows(
  batches: readonly ParsedBatch[],
  contextOf: ContextOf = bareContexts(),
  daysOf: DaysOf = standardDays,
): Rows {
  const quoted = new QuotedNames()
  let context = contextOf(batches[0]?.orgId ?? '')
  let of: ParsedBatch | null = null
  const shared = new SharedCells(quoted, (attributes) => enrichAttributes(attributes, context))
  return rowsOf(batches, daysOf, readSpans, (sent: SpanItem, batch, line) => {
    if (batch !== of) context = contextOf(batch.orgId)
    of = batch
    const span = enrichSpan(sent, context)
    const own = attributeCells(span.attributes, quoted)
    const common = shared.of(span.shared)
    let bytes = Buffer.byteLength(span.name) + Buffer.byteLength(span.statusMessage) + own.bytes + common.bytes
    const maps = (items: readonly { readonly attributes: Attributes }[]) =>
      items.map(({ attributes }) => {
        const map = textMapCell(attributes, quoted)
        bytes += map.bytes
        return map.cell
      })
    const events = [
      span.events.map(({ at }) => nanosecondsText(at.ms, at.ns)),
      span.events.map(({ name }) => JSON.stringify(name)),
      maps(span.events),
    ]
    for (const { name } of span.events) bytes += Buffer.byteLength(name)
    const links = [
      span.links.map(({ traceId }) => JSON.stringify(traceId)),
      span.links.map(({ spanId }) => JSON.stringify(spanId)),
      maps(span.links),
    ]
    line.add(span.start.ms, bytes)
    const names = [
      quoted.of(span.service || UNKNOWN_SERVICE),
      quoted.of(span.name),
      quoted.of(span.kind),
      quoted.of(span.status),
      JSON.stringify(span.statusMessage),
      `"${span.traceId}"`,
      `"${span.spanId}"`,
      `"${span.parentSpanId}"`,
      JSON.stringify(span.traceState),
      quoted.of(span.scopeName),
      quoted.of(span.scopeVersion),
    ]
    const time = nanosecondsText(span.start.ms, span.start.ns)
    const arrays = [...events, ...links].map((cells) => `[${cells.join(',')}]`)
    return `${time},${span.durationNs},${names.join(',')},${mapCells(own, common)},${arrays.join(',')}`
  })
}
