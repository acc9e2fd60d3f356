import { SLICE_MS } from '../../schema/domain/slice.js'
import type { DirtySlices } from '../../schema/ports/flushes.js'

/** Samples of these times may have changed, Unix ms, both ends included. */
export interface TouchedTimes {
  readonly start: number
  readonly end: number
}

/** The times of slices, those that follow one another as one. */
export function touchedTimes({ slices, ranges }: DirtySlices): TouchedTimes[] {
  const times: { start: number; end: number }[] = []
  for (const slice of slices) {
    const newest = times.at(-1)
    const start = slice * SLICE_MS
    if (newest?.end === start - 1) newest.end += SLICE_MS
    else times.push({ start, end: start + SLICE_MS - 1 })
  }
  return [...times, ...ranges.map(({ first, last }) => ({ start: first * SLICE_MS, end: (last + 1) * SLICE_MS - 1 }))]
}
