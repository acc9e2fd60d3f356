import type { VectorSelector } from './ast.js'
import { type Frame, instant } from './frame.js'
import { type Scope, spend } from './scope.js'
import { LOOKBACK_MS, resolveShift } from './shift.js'
import { type Column, emptyColumn, hasValues } from './value.js'

/**
 * The newest sample of each series at each instant, not older than the look-back (exclusive) and not behind a staleness
 * marker. With `read` the columns hold times of samples in seconds instead of values.
 */
export function selectNewest(
  scope: Scope,
  selector: VectorSelector,
  frame: Frame,
  read: 'values' | 'times' = 'values',
): Column[] {
  const { at, offset } = resolveShift(selector, scope.times)
  const series = scope.data.get(selector) ?? []
  spend(scope, series.length * frame.steps, selector.span)
  const columns: Column[] = []
  for (const { labels, timestamps, values, stale } of series) {
    const column = emptyColumn(labels, false, frame.steps)
    let newest = -1
    for (let index = 0; index < frame.steps; index++) {
      const moment = (at ?? instant(frame, index)) - offset
      while (newest + 1 < timestamps.length && (timestamps[newest + 1] ?? 0) <= moment) newest++
      const time = timestamps[newest]
      if (time === undefined || time <= moment - LOOKBACK_MS || stale?.[newest] === 1) continue
      column.values[index] = read === 'values' ? (values[newest] ?? 0) : time / 1000
      column.present[index] = 1
    }
    if (hasValues(column)) columns.push(column)
  }
  return columns
}
