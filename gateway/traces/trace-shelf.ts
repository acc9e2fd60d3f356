import { type TraceTree, traceTree } from '../../query/traces/index.js'
import { MAX_TRACE_SPANS } from '../../schema/domain/trace.js'
import type { TraceExtent, TraceReader } from '../../schema/ports/traces.js'
import type { QueryLimits } from '../query-turns.js'
import { createGate } from './gate.js'
import { stepwise } from './stepwise.js'

/** A trace that was read and made a tree. */
export interface OpenTrace {
  readonly traceId: string
  readonly extent: TraceExtent
  readonly tree: TraceTree
}

/** Opens traces, and keeps some open: who looks at a large one asks for page after page of it. */
export interface TraceShelf {
  /** Null where the org has no such trace, or no span of it any more. `traceId` is as `readTraceId` has it. */
  open(orgId: string, traceId: string, reader: TraceReader, limits: QueryLimits): Promise<OpenTrace | null>
}

/**
 * A shelf that holds, and reads at the same time, at most so many spans; one takes about 80 bytes. A trace is opened
 * anew once more of it has come.
 */
export function createTraceShelf(capacity = MAX_TRACE_SPANS): TraceShelf {
  const held = new Map<string, OpenTrace>()
  const gate = createGate(capacity)

  function take(key: string, extent: TraceExtent): OpenTrace | null {
    const trace = held.get(key)
    if (trace === undefined || !isSame(trace.extent, extent)) return null
    // Moved behind all others: what was not asked for the longest goes first.
    held.delete(key)
    held.set(key, trace)
    return trace
  }

  function keep(key: string, trace: OpenTrace): void {
    // A span that is counted already but not readable yet, or the other way round, would be missed for ever.
    if (countOf(trace) !== Math.min(trace.extent.spanCount, MAX_TRACE_SPANS)) return
    held.delete(key)
    held.set(key, trace)
    let spans = [...held.values()].reduce((sum, one) => sum + countOf(one), 0)
    for (const [oldest, one] of held) {
      if (spans <= capacity) return
      held.delete(oldest)
      spans -= countOf(one)
    }
  }

  return {
    async open(orgId, traceId, reader, limits) {
      const extent = await reader.extent(traceId, limits)
      if (extent === null) return null
      const key = `${orgId} ${traceId}`
      return (
        take(key, extent) ??
        gate(Math.min(extent.spanCount, MAX_TRACE_SPANS), limits.signal, async () => {
          const known = take(key, extent)
          if (known !== null) return known
          const skeleton = await reader.skeleton(traceId, extent, limits)
          // Its time has passed, and what is left is the row that says when it was.
          if (skeleton.startNs.length === 0) return null
          const trace = { traceId, extent, tree: await stepwise(traceTree(skeleton), limits.signal) }
          keep(key, trace)
          return trace
        })
      )
    },
  }
}

function isSame(a: TraceExtent, b: TraceExtent): boolean {
  return a.spanCount === b.spanCount && a.firstStartNs === b.firstStartNs && a.lastEndNs === b.lastEndNs
}

function countOf({ tree }: OpenTrace): number {
  return tree.order.length
}
