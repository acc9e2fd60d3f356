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
  const read = (batch: ParsedBatch) => {
    const { items, ascii } = readSpans(batch)
    return { items, ascii: ascii && contextOf(batch.orgId).ascii }
  }
  return rowsOf(batches, daysOf, read, (sent: SpanItem, batch, line, ascii) => {
    if (batch !== of) context = contextOf(batch.orgId)
    of = batch
    const span = enrichSpan(sent, context)
    const own = attributeCells(span.attributes, quoted, ascii)
    const common = shared.of(span.shared)
    const { cells, bytes } = arrayCells(span, quoted)
    const named = ascii
      ? span.name.length + span.statusMessage.length
      : Buffer.byteLength(span.name) + Buffer.byteLength(span.statusMessage)
    line.add(span.start.ms, named + own.bytes + common.bytes + bytes)
    return (
      `${nanosecondsText(span.start.ms, span.start.ns)},${span.durationNs},${quoted.of(span.service || UNKNOWN_SERVICE)},` +
      `${quoted.of(span.name)},${quoted.of(span.kind)},${quoted.of(span.status)},${quoted.of(span.statusMessage)},` +
      `"${span.traceId}","${span.spanId}","${span.parentSpanId}",${quoted.of(span.traceState)},` +
      `${quoted.of(span.scopeName)},${quoted.of(span.scopeVersion)},${mapCells(own, common)},${cells}`
    )
  })
}

const NO_ARRAYS = { cells: '[],[],[],[],[],[]', bytes: 0 }

/** Cells of the events and links, and their bytes as usage counts them. */
function arrayCells({ events, links }: SpanItem, quoted: QuotedNames) {
  if (events.length === 0 && links.length === 0) return NO_ARRAYS
  let bytes = 0
  const maps = (items: readonly { readonly attributes: Attributes }[]) =>
    items.map(({ attributes }) => {
      const map = textMapCell(attributes, quoted)
      bytes += map.bytes
      return map.cell
    })
  const arrays = [
    events.map(({ at }) => nanosecondsText(at.ms, at.ns)),
    events.map(({ name }) => JSON.stringify(name)),
    maps(events),
    links.map(({ traceId }) => JSON.stringify(traceId)),
    links.map(({ spanId }) => JSON.stringify(spanId)),
    maps(links),
  ]
  for (const { name } of events) bytes += Buffer.byteLength(name)
  return { cells: arrays.map((cells) => `[${cells.join(',')}]`).join(','), bytes }
}
