import type { TraceSkeleton } from '../../schema/domain/trace.js'
import { childrenIn } from './children.js'
import { keysOf, sortedBy } from './sorted-by.js'
import { STEP, type Work } from './work.js'

/** The chain of spans that the end of the trace waited for. */
export interface CriticalPath {
  /** By span: time of the path that it took itself, ns. */
  readonly criticalNs: Float64Array
  /** By span: 1 where the path leads through it. */
  readonly onPath: Uint8Array
}

/**
 * Walks back from the end of the trace, and in each span from its end: to the child that ended last, to its start, from
 * there to the child that ended last before that, and so on to the span's start; what lies between is the span's own.
 * Children are taken as far as they lie in the span. Of those that still ran when it ended, the one that began first
 * was waited for. A span without any time in there is not on the path.
 *
 * So with one span at the top, the times of the path add up to its duration. With several, the path leads through those
 * that ended last one after the other, and what lies between them is nobody's.
 */
export function* criticalPath(skeleton: TraceSkeleton, parent: Int32Array): Work<CriticalPath> {
  const { startNs, durationNs } = skeleton
  const count = parent.length
  const endNs = new Float64Array(count)
  for (let i = 0; i < count; i++) endNs[i] = (startNs[i] as number) + (durationNs[i] as number)
  // By end, the last first; of one end the first to begin stands first.
  const { first, next } = yield* childrenIn(yield* sortedBy(keysOf(endNs), true), parent)
  const criticalNs = new Float64Array(count)
  const onPath = new Uint8Array(count)
  /** The part of a span that its place in the path leaves of it. */
  const from = new Float64Array(count + 1)
  const until = new Float64Array(count + 1)
  for (let i = 0; i < count; i++) until[count] = Math.max(until[count] as number, endNs[i] as number)
  const open = [count]
  let steps = 0
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const begin = from[span] as number
    let at = until[span] as number
    let own = 0
    const enter = (child: number, start: number, end: number) => {
      onPath[child] = 1
      from[child] = start
      until[child] = end
      open.push(child)
      own += at - end
      at = start
    }
    let child = first[span] as number
    let longest = -1
    for (; child !== -1 && (endNs[child] as number) >= at; child = next[child] as number) {
      if (longest === -1 || (startNs[child] as number) < (startNs[longest] as number)) longest = child
      if (++steps % STEP === 0) yield
    }
    if (longest !== -1) {
      const start = Math.max(startNs[longest] as number, begin)
      if (start < at) enter(longest, start, at)
    }
    for (; child !== -1 && (endNs[child] as number) > begin; child = next[child] as number) {
      const end = endNs[child] as number
      const start = Math.max(startNs[child] as number, begin)
      if (end <= at && start < end) enter(child, start, end)
      if (++steps % STEP === 0) yield
    }
    if (span !== count) criticalNs[span] = own + (at - begin)
  }
  return { criticalNs, onPath }
}
