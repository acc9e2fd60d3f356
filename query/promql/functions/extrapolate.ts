/**
 * Share by which a gap may exceed the mean distance of samples and still count as part of the series.
 */
const EXTRAPOLATION_TOLERANCE = 1.1

/** What is known of the samples of a window; times in Unix ms. */
export interface WindowEnds {
  readonly firstTime: number
  readonly lastTime: number
  readonly firstValue: number
  readonly lastValue: number
  readonly count: number
  /** Start (excluded) and end (included) of the window. */
  readonly start: number
  readonly end: number
}

/**
 * The difference of a window's ends carried to its edges: a gap up to 1.1 mean distances is bridged in full, a wider
 * one by half a distance; a counter is not carried back below zero.
 */
export function extrapolate(
  { firstTime, lastTime, firstValue, lastValue, count, start, end }: WindowEnds,
  lost: number,
  kind: { readonly counter: boolean; readonly perSecond: boolean },
): number {
  const difference = lastValue - firstValue + lost
  const sampled = (lastTime - firstTime) / 1000
  const distance = sampled / (count - 1)
  let before = (firstTime - start) / 1000
  let after = (end - lastTime) / 1000
  if (before >= distance * EXTRAPOLATION_TOLERANCE) before = distance / 2
  if (kind.counter && difference > 0 && firstValue >= 0) {
    before = Math.min(before, sampled * (firstValue / difference))
  }
  if (after >= distance * EXTRAPOLATION_TOLERANCE) after = distance / 2
  let factor = (sampled + before + after) / sampled
  if (kind.perSecond) factor /= (end - start) / 1000
  return difference * factor
}
