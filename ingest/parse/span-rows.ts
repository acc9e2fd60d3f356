import {
  ArrayColumn,
  DictionaryColumn,
  MapColumn,
  NanosecondsColumn,
  TextColumn,
  UInt64Column,
} from '../columns/index.js'
import { bareContexts, type ContextOf, enrichAttributes, enrichSpan } from '../enrich/index.js'
import { AttributeColumns, addTexts } from './attribute-columns.js'
import type { ParsedBatch } from './batch.js'
import { KnownShared } from './known-shared.js'
import { UNKNOWN_SERVICE } from './log-rows.js'
import { readSpans } from './read-batch.js'
import { type DaysOf, type Rows, rowsOf, standardDays } from './rows.js'
import type { Attributes, SpanEvent, SpanItem, SpanLink } from './span-item.js'

/**
 * Rows of batches of spans, enriched and scrubbed: the same batches give the same bytes.
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
  const times = { ts: new NanosecondsColumn(), duration_ns: new UInt64Column() }
  const names = {
    ...{ service: new DictionaryColumn(), name: new DictionaryColumn(), kind: new DictionaryColumn() },
    ...{ status: new DictionaryColumn(), scope_name: new DictionaryColumn(), scope_version: new DictionaryColumn() },
  }
  const texts = {
    ...{ status_message: new TextColumn(), trace_id: new TextColumn(), span_id: new TextColumn() },
    ...{ parent_span_id: new TextColumn(), trace_state: new TextColumn() },
  }
  const attributes = new AttributeColumns()
  const events = new EventColumns()
  const links = new LinkColumns()
  let context = contextOf(batches[0]?.orgId ?? '')
  // Of one context: what it has scrubbed is written for all that share the object.
  let known = new KnownShared()
  const change = (shared: Attributes) => enrichAttributes(shared, context)
  return rowsOf<SpanItem>(batches, daysOf, {
    columns: {
      ...{ ...times, ...names, ...texts },
      attributes_string: attributes.strings,
      attributes_number: attributes.numbers,
      attributes_bool: attributes.bools,
      ...{ events_ts: events.at, events_name: events.name, events_attributes: events.attributes },
      ...{ links_trace_id: links.traceId, links_span_id: links.spanId, links_attributes: links.attributes },
    },
    read(batch) {
      const next = contextOf(batch.orgId)
      if (next !== context) known = new KnownShared()
      context = next
      const { items, ascii } = readSpans(batch, known)
      return { items, ascii: ascii && context.ascii }
    },
    write(span, _batch, line, ascii) {
      const { name, statusMessage, attributes: own, events: of, links: to } = enrichSpan(span, context)
      times.ts.add(span.start.ms, span.start.ns)
      times.duration_ns.add(span.durationNs)
      names.service.add(span.service || UNKNOWN_SERVICE)
      names.kind.add(span.kind)
      names.status.add(span.status)
      names.scope_name.add(span.scopeName)
      names.scope_version.add(span.scopeVersion)
      texts.trace_id.add(span.traceId, ascii)
      texts.span_id.add(span.spanId, ascii)
      texts.parent_span_id.add(span.parentSpanId, ascii)
      texts.trace_state.add(span.traceState, ascii)
      const bytes =
        names.name.add(name) +
        texts.status_message.add(statusMessage, ascii) +
        attributes.add(own, ascii, span.shared, change) +
        events.add(of, ascii) +
        links.add(to, ascii)
      line.add(span.start.ms, bytes)
    },
  })
}

/** What happened within spans: lists of equal length. */
class EventColumns {
  readonly at = new ArrayColumn(new NanosecondsColumn())
  readonly name = new ArrayColumn(new DictionaryColumn())
  readonly attributes = new ArrayColumn(new MapColumn(new TextColumn()))

  /** Adds a row's, and returns their bytes as usage counts them. */
  add(events: readonly SpanEvent[], ascii: boolean): number {
    let bytes = 0
    for (const { at, name, attributes } of events) {
      this.at.elements.add(at.ms, at.ns)
      bytes += this.name.elements.add(name) + addTexts(this.attributes.elements, attributes, ascii)
    }
    this.at.close(events.length)
    this.name.close(events.length)
    this.attributes.close(events.length)
    return bytes
  }
}

/** What spans point at: lists of equal length. */
class LinkColumns {
  readonly traceId = new ArrayColumn(new TextColumn())
  readonly spanId = new ArrayColumn(new TextColumn())
  readonly attributes = new ArrayColumn(new MapColumn(new TextColumn()))

  /** Adds a row's, and returns their bytes as usage counts them. */
  add(links: readonly SpanLink[], ascii: boolean): number {
    let bytes = 0
    for (const { traceId, spanId, attributes } of links) {
      this.traceId.elements.add(traceId, ascii)
      this.spanId.elements.add(spanId, ascii)
      bytes += addTexts(this.attributes.elements, attributes, ascii)
    }
    this.traceId.close(links.length)
    this.spanId.close(links.length)
    this.attributes.close(links.length)
    return bytes
  }
}
