import { SLICE_MS } from '../schema/domain/slice.js'

/** Slices that a flush touched for an org; an empty list stands for all from the first to the last. */
export interface LineSlices {
  readonly orgId: string
  readonly first: number
  readonly last: number
  readonly slices: readonly number[]
}

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const SLICES_A_MINUTE = MINUTE_MS / SLICE_MS

/** An hour (Unix ms) and the starts of its minutes that some orgs' flushes have touched; a minute holds its end. */
export type DirtyHour = readonly [hour: number, minutes: readonly (readonly [orgId: string, minute: number])[]]

/**
 * Minutes that flushes have touched, by hour, the oldest first, of whole hours within `from` and `until` (Unix ms).
 */
export function dirtyMinutes(
  lines: readonly LineSlices[],
  { from, until }: { readonly from: number; readonly until: number },
): DirtyHour[] {
  const hours = new Map<number, Map<string, readonly [string, number]>>()
  const earliest = Math.ceil(from / HOUR_MS) * HOUR_MS
  const latest = Math.ceil(until / HOUR_MS) * HOUR_MS - MINUTE_MS
  for (const { orgId, first, last, slices } of lines) {
    const minutes =
      slices.length > 0
        ? slices.flatMap(minutesOf)
        : range(Math.max(minuteOf(first) - MINUTE_MS, earliest), Math.min(minuteOf(last), latest))
    for (const minute of minutes) {
      if (minute < earliest || minute > latest) continue
      const hour = Math.floor(minute / HOUR_MS) * HOUR_MS
      const known = hours.get(hour) ?? new Map<string, readonly [string, number]>()
      hours.set(hour, known.set(`${minute} ${orgId}`, [orgId, minute]))
    }
  }
  return [...hours].sort(([a], [b]) => a - b).map(([hour, minutes]) => [hour, [...minutes.values()]])
}

function minuteOf(slice: number): number {
  return Math.floor(slice / SLICES_A_MINUTE) * MINUTE_MS
}

/** Starts of the minutes that a slice may lie in: one that begins with a minute may hold the end of the one before. */
function minutesOf(slice: number): number[] {
  const minute = minuteOf(slice)
  return slice % SLICES_A_MINUTE === 0 ? [minute - MINUTE_MS, minute] : [minute]
}

function* range(first: number, last: number): Generator<number> {
  for (let minute = first; minute <= last; minute += MINUTE_MS) yield minute
}
