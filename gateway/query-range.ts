import { parseDuration } from '../schema/domain/duration.js'
import { fault } from './user-fault.js'

/** Times that a store can compare, Unix ms: 1900 to 2262. */
export const EARLIEST = -2_208_988_800_000
export const LATEST = 9_223_372_036_000

/** Refuses a range that is empty or out of reach. Unix ms. */
export function readRange(from: number, to: number): void {
  if (from >= to) throw fault('INVALID', ['to'], 'Found an empty range; expected `from` before `to`.')
  if (from < EARLIEST) throw fault('INVALID', ['from'], 'Found a time before 1900; expected a later one.')
  if (to > LATEST) throw fault('INVALID', ['to'], 'Found a time after 2262; expected an earlier one.')
}

/** A step in ms. */
export function readStep(step: string): number {
  const ms = parseDuration(step)
  if (ms !== null && ms > 0) return ms
  throw fault('INVALID', ['step'], `"${step.slice(0, 40)}" is no step; expected a duration such as 15s, 1m or 1h.`)
}
