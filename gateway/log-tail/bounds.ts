import { SLICE_MS } from '../../schema/domain/slice.js'
import type { DirtySlices } from '../../schema/ports/flushes.js'

/** What tails may use of this process. Published in docs/querying.md. */
export const TAIL_BOUNDS = {
  /** Between two looks for what was stored since, ms. */
  roundMs: 400,
  /** Records that one query shows of one round; of more the newest are, and the rest counts as dropped: 1,000 a second. */
  recordsARound: 400,
  /** Records that wait for a slow reader; then the oldest are dropped. */
  waiting: 1_000,
  /** Characters of their lines, for the same. */
  waitingCharacters: 4_000_000,
  /** Records that a tail catches up with after its cursor; of more the oldest are shown, and the rest counts as dropped. */
  caughtUp: 10_000,
  caughtUpAPage: 500,
  /** Rounds after which a tail without records hears where it is: about 15 s. */
  quietRounds: 37,
  /** Rounds that may fail one after another before a tail is ended: about 30 s. */
  failedRounds: 75,
} as const

/** The span of time of slices, Unix ms; null of none. */
export function spanOf({ slices, ranges }: DirtySlices): { readonly from: number; readonly to: number } | null {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const slice of slices) [first, last] = [Math.min(first, slice), Math.max(last, slice)]
  for (const range of ranges) [first, last] = [Math.min(first, range.first), Math.max(last, range.last)]
  return first > last ? null : { from: first * SLICE_MS, to: (last + 1) * SLICE_MS }
}
