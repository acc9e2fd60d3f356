import type { Span } from '../ast.js'
import { labelOf, METRIC_NAME } from '../label-set.js'
import type { Scope } from '../scope.js'
import type { Column, Value } from '../value.js'
import type { Window } from '../window.js'
import { argument, type Builtin, type Builtins, type Invocation, overWindows } from './builtin.js'
import { edgedDifference, edgedPairs, edgesOf } from './edges.js'
import { extrapolate, type WindowEnds } from './extrapolate.js'
import { ResetLosses } from './reset-losses.js'

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
    if (kind.counter && value.kind === 'vector')
      noteNames(invocation.scope, argument(invocation, 0).span, value.columns)
    return value
  }
}

function extrapolated(invocation: Invocation, kind: Kind): Value {
  return overWindows(invocation, 0, (series) => {
    const resets = kind.counter ? new ResetLosses(series.values) : null
    return (window) => {
      if (window.to - window.from < 2) return null
      const lost = resets === null ? 0 : resets.inWindow(window.from, window.to)
      return extrapolate(endsOf(window), lost, kind)
    }
  })
}

/** Says so if a counter function has met a name that no counter has. */
export function noteNames(scope: Scope, span: Span, columns: readonly Column[]): void {
  for (const { labels } of columns) {
    const name = labelOf(labels, METRIC_NAME)
    if (name === '' || COUNTER_NAME.test(name)) continue
    const text = `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${JSON.stringify(name)}`
    scope.notes.inform(text, span)
  }
}

function endsOf({ timestamps, values, from, to, start, end }: Window): WindowEnds {
  return {
    firstTime: timestamps[from] ?? 0,
    lastTime: timestamps[to - 1] ?? 0,
    firstValue: values[from] ?? 0,
    lastValue: values[to - 1] ?? 0,
    count: to - from,
    start,
    end,
  }
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
