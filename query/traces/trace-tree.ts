import { SPAN_FINDINGS, type TraceSkeleton } from '../../schema/domain/trace.js'
import { childrenIn } from './children.js'
import { criticalPath } from './critical-path.js'
import { inOrder } from './in-order.js'
import { parentsOf, TOP } from './parents.js'
import { preOrder } from './pre-order.js'
import { selfTimes } from './self-time.js'
import { STEP, type Work } from './work.js'

/** A trace as a tree. Arrays are by span, but for `order`, which has the spans by row. */
export interface TraceTree {
  /** In order of start. */
  readonly skeleton: TraceSkeleton
  readonly order: Uint32Array
  readonly depth: Uint32Array
  readonly descendants: Uint32Array
  readonly selfNs: Float64Array
  readonly criticalNs: Float64Array
  readonly onPath: Uint8Array
  /** Bits of `SPAN_FINDINGS`. */
  readonly findings: Uint8Array
  /** The first span that names no parent, -1 where none has come. */
  readonly root: number
  /** From the first start to the last end, ns. */
  readonly durationNs: number
  readonly errorCount: number
  /** In the order in which they first appear. */
  readonly services: readonly ServiceShare[]
}

/** What one service has of a trace. */
export interface ServiceShare {
  readonly service: string
  readonly spanCount: number
  readonly errorCount: number
  readonly selfNs: number
  readonly criticalNs: number
}

/** Makes a tree of a trace's spans; whatever order they come in, it is the same. */
export function* traceTree(unordered: TraceSkeleton): Work<TraceTree> {
  const skeleton = yield* inOrder(unordered)
  const { parent, findings } = yield* parentsOf(skeleton)
  const count = parent.length
  const reversed = new Uint32Array(count)
  for (let i = 0; i < count; i++) reversed[i] = count - 1 - i
  const children = yield* childrenIn(reversed, parent)
  const rows = yield* preOrder(children, parent)
  const selfNs = yield* selfTimes(skeleton, children)
  const path = yield* criticalPath(skeleton, parent)
  const durationNs = yield* placed(skeleton, parent, findings)
  const root = firstWithoutParent(skeleton)
  const services = yield* shares(skeleton, selfNs, path.criticalNs)
  const errorCount = services.reduce((sum, share) => sum + share.errorCount, 0)
  return { skeleton, ...rows, selfNs, ...path, findings, root, durationNs, errorCount, services }
}

/** Notes which spans reach out of their parents; returns when the last one ends. */
function* placed({ startNs, durationNs }: TraceSkeleton, parent: Int32Array, findings: Uint8Array): Work<number> {
  let last = 0
  for (let i = 0; i < parent.length; i++) {
    const start = startNs[i] as number
    const end = start + (durationNs[i] as number)
    last = Math.max(last, end)
    const above = parent[i] as number
    if (above !== TOP) {
      const from = startNs[above] as number
      if (start < from || end > from + (durationNs[above] as number))
        findings[i] = (findings[i] as number) | SPAN_FINDINGS.OUTSIDE_PARENT
    }
    if (i % STEP === STEP - 1) yield
  }
  return last
}

function firstWithoutParent({ parentId }: TraceSkeleton): number {
  for (let i = 0; i < parentId.length; i += 2) if (parentId[i] === 0 && parentId[i + 1] === 0) return i / 2
  return -1
}

function* shares(skeleton: TraceSkeleton, selfNs: Float64Array, criticalNs: Float64Array): Work<ServiceShare[]> {
  const { service, failed, services } = skeleton
  const all = services.map((name) => ({ service: name, spanCount: 0, errorCount: 0, selfNs: 0, criticalNs: 0 }))
  const appeared: ServiceShare[] = []
  for (let i = 0; i < service.length; i++) {
    const share = all[service[i] as number]
    if (share === undefined)
      throw new RangeError(`Span ${i} is of service ${service[i]} where ${all.length} are named.`)
    if (share.spanCount === 0) appeared.push(share)
    share.spanCount++
    share.errorCount += failed[i] as number
    share.selfNs += selfNs[i] as number
    share.criticalNs += criticalNs[i] as number
    if (i % STEP === STEP - 1) yield
  }
  return appeared
}
