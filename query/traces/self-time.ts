import type { TraceSkeleton } from '../../schema/domain/trace.js'
import type { Children } from './children.js'
import { STEP, type Work } from './work.js'

/**
 * The time of each span in which none of its children ran, ns: its duration less the union of theirs, as far as they
 * lie in it. Never negative, whatever the clocks say.
 *
 * @param children In order of start.
 */
export function* selfTimes({ startNs, durationNs }: TraceSkeleton, children: Children): Work<Float64Array> {
  const { first, next } = children
  const self = durationNs.slice()
  // Counted by child, since one span may have them all.
  let steps = 0
  for (let span = 0; span < self.length; span++) {
    let reached = startNs[span] as number
    const end = reached + (durationNs[span] as number)
    let covered = 0
    for (let child = first[span] as number; child !== -1; child = next[child] as number) {
      const from = Math.max(startNs[child] as number, reached)
      const until = Math.min((startNs[child] as number) + (durationNs[child] as number), end)
      if (until > from) {
        covered += until - from
        reached = until
      }
      if (++steps % STEP === 0) yield
    }
    self[span] = (self[span] as number) - covered
  }
  yield
  return self
}
