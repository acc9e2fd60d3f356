import { labelOf, METRIC_NAME } from '../label-set.js'
import type { Column, Value } from '../value.js'
import type { Window } from '../window.js'
import { argument, type Builtin, type Builtins, type Invocation, overWindows } from './builtin.js'
import { edgedDifference, edgedPairs, edgesOf } from './edges.js'
import { ResetLosses } from './reset-losses.js'

/** Share by which a gap may exceed the mean distance of samples and still count as part of the series. */
const EXTRAPOLATION_TOLERANCE = 1.1
const COUNTER_NAME = /_(?:total|sum|count|bucket)$/

/** Functions that compare the ends of a window: over all samples with extrapolation, or over the last two. */
export const RATE_FUNCTIONS: Builtins = {
  rate: extrapolating({ counter: true, perSecond: true }),
  increase: extrapolating({ counter: true, perSecond: false }),
  delta: extrapolating({ counter: false, perSecond: false }),
  irate: (invocation) => overWindows(invocation, 0, () => (window) => lastTwo(window, true)),
  idelta: (invocation) => overWindows(invocation, 0, () => (window) => lastTwo(window, false)),
  resets: countingPairs((before, after) => after < before),
  changes: countingPairs((before, after) => after !== before && !(Number.isNaN(after) && Number.isNaN(before))),
}

/** Whether resets are made up for, and whether a result is a rate. */
interface Kind {
  readonly counter: boolean
  readonly perSecond: boolean
}

function extrapolating(kind: Kind): Builtin {
  return (invocation) => {
    const value = edgesOf(invocation) === null ? extrapolated(invocation, kind) : edgedDifference(invocation, kind)
    if (kind.counter && value.kind === 'vector') noteNames(invocation, value.columns)
    return value
  }
}

function extrapolated(invocation: Invocation, kind: Kind): Value {
  return overWindows(invocation, 0, (series) => {
    const resets = kind.counter ? new ResetLosses(series.values) : null
    return (window) => {
      if (window.to - window.from < 2) return null
      const lost = resets === null ? 0 : resets.inWindow(window.from, window.to)
      return extrapolate(window, lost, kind)
    }
  })
}

/** Says so if a counter function has met a name that no counter has. */
function noteNames(invocation: Invocation, columns: readonly Column[]): void {
  for (const { labels } of columns) {
    const name = labelOf(labels, METRIC_NAME)
    if (name === '' || COUNTER_NAME.test(name)) continue
    const text = `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${JSON.stringify(name)}`
    invocation.scope.notes.inform(text, argument(invocation, 0).span)
  }
}

/**
 * The difference of a window's ends carried to its edges: a gap up to 1.1 mean distances is bridged in full, a wider
 * one by half a distance; a counter is not carried back below zero.
 */
function extrapolate({ timestamps, values, from, to, start, end }: Window, lost: number, kind: Kind): number {
  const firstTime = timestamps[from] ?? 0
  const lastTime = timestamps[to - 1] ?? 0
  const firstValue = values[from] ?? 0
  const difference = (values[to - 1] ?? 0) - firstValue + lost
  const sampled = (lastTime - firstTime) / 1000
  const distance = sampled / (to - from - 1)
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

function lastTwo({ timestamps, values, from, to }: Window, rate: boolean): number | null {
  if (to - from < 2) return null
  const last = values[to - 1] ?? 0
  const previous = values[to - 2] ?? 0
  const elapsed = ((timestamps[to - 1] ?? 0) - (timestamps[to - 2] ?? 0)) / 1000
  if (elapsed === 0) return null
  const difference = rate && last < previous ? last : last - previous
  return rate ? difference / elapsed : difference
}

/** Counts neighbours in a window that meet a condition; each series is looked over once. */
function countingPairs(counts: (before: number, after: number) => boolean): Builtin {
  return (invocation) => {
    if (edgesOf(invocation) !== null) return edgedPairs(invocation, counts)
    return overWindows(invocation, 0, ({ values }) => {
      const upTo = new Uint32Array(values.length)
      for (let index = 1; index < values.length; index++) {
        upTo[index] = (upTo[index - 1] ?? 0) + (counts(values[index - 1] ?? 0, values[index] ?? 0) ? 1 : 0)
      }
      return ({ from, to }) => (upTo[to - 1] ?? 0) - (upTo[from] ?? 0)
    })
  }
}
