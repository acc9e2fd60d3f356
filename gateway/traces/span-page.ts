import type { TraceTree } from '../../query/traces/index.js'
import { SPAN_FINDINGS, type SpanFinding, wordsHex } from '../../schema/domain/trace.js'
import type { StoredSpan, TraceReader } from '../../schema/ports/traces.js'
import type { QueryLimits } from '../query-turns.js'
import type { OpenTrace } from './trace-shelf.js'

/** A span with its place in the tree. */
export interface PlacedSpan extends StoredSpan {
  readonly position: number
  readonly depth: number
  readonly descendantCount: number
  readonly selfNs: number
  readonly criticalNs: number
  readonly onCriticalPath: boolean
  readonly findings: readonly SpanFinding[]
}

/** A part of a tree's rows, without its end, and whether they are wanted with attributes, events and links. */
export interface TreePart {
  readonly from: number
  readonly until: number
  readonly whole: boolean
}

/** Reads rows of a trace's tree. One that retention has taken is left out. */
export async function placedSpans(
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

function placed(stored: StoredSpan, tree: TraceTree, span: number, position: number): PlacedSpan {
  const bits = tree.findings[span] ?? 0
  const findings = (Object.keys(SPAN_FINDINGS) as SpanFinding[]).filter((name) => bits & SPAN_FINDINGS[name])
  return {
    ...stored,
    position,
    depth: tree.depth[span] ?? 0,
    descendantCount: tree.descendants[span] ?? 0,
    selfNs: tree.selfNs[span] ?? 0,
    criticalNs: tree.criticalNs[span] ?? 0,
    onCriticalPath: tree.onPath[span] === 1,
    findings,
  }
}

/** The row of the tree in which a span stands that has these 64 bits in a column; the first of several, -1 for none. */
export function positionOf({ order }: TraceTree, column: Uint32Array, hex: string): number {
  const [high, low] = [Number.parseInt(hex.slice(0, 8), 16), Number.parseInt(hex.slice(8), 16)]
  return order.findIndex((span) => column[2 * span] === low && column[2 * span + 1] === high)
}
