import { InvalidBatchError, Issues } from '../parse/issues.js'
import { sharedAttributes } from '../parse/known-shared.js'
import type { TimeBounds } from '../parse/limits.js'
import {
  type Attributes,
  nanosecondsBetween,
  SPAN_KINDS,
  SPAN_STATUSES,
  type SpanEvent,
  type SpanItem,
  type SpanLink,
} from '../parse/span-item.js'
import { readAttributes } from './any-value.js'
import { enumValue, type Fields, hasFields, id, instant, message, messages, text } from './fields.js'
import { OTLP_LIMITS } from './limits.js'
import { type SharedPart, SharedSize, sharedParts } from './shared.js'

const KINDS = SPAN_KINDS.map((kind) => kind.toUpperCase())
const STATUSES = SPAN_STATUSES.map((status) => status.toUpperCase())

/**
 * The spans of an `ExportTraceServiceRequest`.
 *
 * @throws InvalidBatchError with up to 20 issues.
 */
export function readOtlpSpans(request: unknown, bounds: TimeBounds): readonly SpanItem[] {
  const issues = new Issues()
  const spans: SpanItem[] = []
  const size = new SharedSize()
  if (!hasFields(request)) throw new InvalidBatchError([{ path: '', message: 'The body is no object.' }])
  for (const part of sharedParts(request, 'resourceSpans', 'scopeSpans', issues)) {
    const shared = sharedAttributes(part.resource, part.scopeAttributes)
    for (const [span, path] of messages(part.of, 'spans', part.path, issues)) {
      size.take(shared)
      const read = readSpan(span, path, part, shared, bounds, issues)
      if (read !== null) spans.push(read)
    }
  }
  if (issues.found.length > 0) throw new InvalidBatchError(issues.found)
  return spans
}

function readSpan(
  span: Fields,
  path: string,
  part: SharedPart,
  shared: Attributes,
  bounds: TimeBounds,
  issues: Issues,
): SpanItem | null {
  const start = instant(span.startTimeUnixNano, bounds, `${path}.startTimeUnixNano`, issues)
  const end = instant(span.endTimeUnixNano, bounds, `${path}.endTimeUnixNano`, issues)
  const traceId = id(span.traceId, 16, `${path}.traceId`, issues)
  const spanId = id(span.spanId, 8, `${path}.spanId`, issues)
  if (traceId === '') issues.add(`${path}.traceId`, 'expected an id that is not all 0, found none.')
  if (spanId === '') issues.add(`${path}.spanId`, 'expected an id that is not all 0, found none.')
  if (start === null) {
    issues.add(`${path}.startTimeUnixNano`, 'expected the time of the start, found none.')
    return null
  }
  const status = message(span.status, `${path}.status`, issues)
  return {
    start,
    durationNs: end === null ? 0 : nanosecondsBetween(start, end),
    traceId,
    spanId,
    parentSpanId: id(span.parentSpanId, 8, `${path}.parentSpanId`, issues),
    traceState: text(span.traceState, OTLP_LIMITS.nameLength, `${path}.traceState`, issues),
    service: part.service,
    name: text(span.name, OTLP_LIMITS.textLength, `${path}.name`, issues),
    kind: SPAN_KINDS[enumValue(span.kind, KINDS, 'SPAN_KIND_', `${path}.kind`, issues)] ?? 'unspecified',
    status: SPAN_STATUSES[enumValue(status.code, STATUSES, 'STATUS_CODE_', `${path}.status.code`, issues)] ?? 'unset',
    statusMessage: text(status.message, OTLP_LIMITS.textLength, `${path}.status.message`, issues),
    scopeName: part.scopeName,
    scopeVersion: part.scopeVersion,
    attributes: readAttributes(span, path, issues),
    shared,
    events: readEvents(span, path, start, bounds, issues),
    links: readLinks(span, path, issues),
  }
}

function readEvents(
  span: Fields,
  path: string,
  start: SpanItem['start'],
  bounds: TimeBounds,
  issues: Issues,
): SpanEvent[] {
  const events: SpanEvent[] = []
  for (const [event, where] of messages(span, 'events', path, issues)) {
    if (events.length === OTLP_LIMITS.events) {
      issues.add(`${path}.events`, `expected at most ${OTLP_LIMITS.events} items, found more.`)
      break
    }
    events.push({
      at: instant(event.timeUnixNano, bounds, `${where}.timeUnixNano`, issues) ?? start,
      name: text(event.name, OTLP_LIMITS.textLength, `${where}.name`, issues),
      attributes: readAttributes(event, where, issues),
    })
  }
  return events
}

function readLinks(span: Fields, path: string, issues: Issues): SpanLink[] {
  const links: SpanLink[] = []
  for (const [link, where] of messages(span, 'links', path, issues)) {
    if (links.length === OTLP_LIMITS.links) {
      issues.add(`${path}.links`, `expected at most ${OTLP_LIMITS.links} items, found more.`)
      break
    }
    links.push({
      traceId: id(link.traceId, 16, `${where}.traceId`, issues),
      spanId: id(link.spanId, 8, `${where}.spanId`, issues),
      attributes: readAttributes(link, where, issues),
    })
  }
  return links
}
