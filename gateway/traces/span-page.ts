import type { TraceTree } from '../../query/traces/index.js'
import { SPAN_FINDINGS, type SpanFinding, wordsHex } from '../../schema/domain/trace.js'
import type { StoredSpan, TraceReader } from '../../schema/ports/traces.js'
import type { QueryLimits } from '../query-turns.js'
import type { OpenTrace } from './trace-shelf.js'

/** A span with its place in the tree, as it is shown: times in ms. */
export interface PlacedSpan extends Omit<StoredSpan, 'durationNs'> {
  readonly durationMs: number
  readonly position: number
  readonly depth: number
  readonly descendantCount: number
  readonly selfMs: number
  readonly criticalMs: number
  readonly onCriticalPath: boolean
  readonly findings: readonly SpanFinding[]
}

/** A part of a tree's rows, without its end, and whether they are wanted with attributes, events and links. */
export interface TreePart {
  readonly from: number
  readonly until: number
  readonly whole: boolean
}

/** Of traces that are open, the root as it is shown without attributes, events and links: it is asked for with each page. */
const roots = new WeakMap<OpenTrace, PlacedSpan>()

/** Pages of open traces that are being read. */
const underWay = new WeakMap<OpenTrace, Set<{ readonly part: TreePart; readonly spans: Promise<PlacedSpan[]> }>>()

/**
 * Reads the root of a trace; null while none has come, or where retention has taken it. Where a page that is asked for in
 * the same breath holds it, it is taken from there.
 */
export async function placedRoot(
  opened: OpenTrace,
  reader: TraceReader,
  whole: boolean,
  limits: QueryLimits,
): Promise<PlacedSpan | null> {
  const { root, order } = opened.tree
  if (root === -1) return null
  const known = whole ? undefined : roots.get(opened)
  if (known !== undefined) return known
  const from = order.indexOf(root)
  const part = { from, until: from + 1, whole }
  // The fields of a trace are asked for one after the other, within one turn of the event loop.
  await new Promise<void>((resolve) => setImmediate(resolve))
  const page = [...(underWay.get(opened) ?? [])].find((one) => holds(one.part, part))
  const spans = await (page === undefined ? placedSpans(opened, reader, part, limits) : page.spans)
  const found = spans.find(({ position }) => position === from)
  if (found !== undefined && !whole) roots.set(opened, found)
  return found ?? null
}

function holds(page: TreePart, { from, until, whole }: TreePart): boolean {
  return page.from <= from && page.until >= until && (page.whole || !whole)
}

/** Reads rows of a trace's tree. One that retention has taken is left out. */
export async function placedSpans(
  opened: OpenTrace,
  reader: TraceReader,
  part: TreePart,
  limits: QueryLimits,
): Promise<PlacedSpan[]> {
  const page = { part, spans: readSpans(opened, reader, part, limits) }
  const pages = underWay.get(opened) ?? new Set()
  underWay.set(opened, pages.add(page))
  try {
    return await page.spans
  } finally {
    pages.delete(page)
  }
}

async function readSpans(
  { traceId, extent, tree }: OpenTrace,
  reader: TraceReader,
  { from, until, whole }: TreePart,
  limits: QueryLimits,
): Promise<PlacedSpan[]> {
  const places = Array.from(tree.order.subarray(from, until))
  if (places.length === 0) return []
  const { startNs, service, services, row } = tree.skeleton
  const starts = places.map((span) => startNs[span] ?? 0)
  const wanted = {
    rows: places.map((span) => wordsHex(row, span)),
    services: [...new Set(places.map((span) => services[service[span] ?? 0] ?? ''))],
    whole,
    fromNs: extent.firstStartNs + BigInt(Math.min(...starts)),
    toNs: extent.firstStartNs + BigInt(Math.max(...starts)),
  }
  const stored = new Map((await reader.spans(traceId, wanted, limits)).map((span) => [span.row, span]))
  return places.flatMap((span, i) => {
    const found = stored.get(wanted.rows[i] ?? '')
    return found === undefined ? [] : [placed(found, tree, span, from + i)]
  })
}

/** Field by field: spread from one object into the next, 1,000 spans take 15 ms more. */
function placed(stored: StoredSpan, tree: TraceTree, span: number, position: number): PlacedSpan {
  return {
    row: stored.row,
    spanId: stored.spanId,
    parentSpanId: stored.parentSpanId,
    service: stored.service,
    name: stored.name,
    kind: stored.kind,
    startedAt: stored.startedAt,
    durationMs: stored.durationNs / 1e6,
    status: stored.status,
    statusMessage: stored.statusMessage,
    traceState: stored.traceState,
    scopeName: stored.scopeName,
    scopeVersion: stored.scopeVersion,
    attributes: stored.attributes,
    events: stored.events,
    links: stored.links,
    position,
    depth: tree.depth[span] ?? 0,
    descendantCount: tree.descendants[span] ?? 0,
    selfMs: (tree.selfNs[span] ?? 0) / 1e6,
    criticalMs: (tree.criticalNs[span] ?? 0) / 1e6,
    onCriticalPath: tree.onPath[span] === 1,
    findings: findingsOf(tree.findings[span] ?? 0),
  }
}

const NOTHING_ODD: readonly SpanFinding[] = []

function findingsOf(bits: number): readonly SpanFinding[] {
  if (bits === 0) return NOTHING_ODD
  return (Object.keys(SPAN_FINDINGS) as SpanFinding[]).filter((name) => bits & SPAN_FINDINGS[name])
}

/** The row of the tree in which a span stands that has these 64 bits in a column; the first of several, -1 for none. */
export function positionOf({ order }: TraceTree, column: Uint32Array, hex: string): number {
  const [high, low] = [Number.parseInt(hex.slice(0, 8), 16), Number.parseInt(hex.slice(8), 16)]
  return order.findIndex((span) => column[2 * span] === low && column[2 * span + 1] === high)
}
