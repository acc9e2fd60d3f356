import type { VectorSelector } from './ast.js'
import { type Frame, instant } from './frame.js'
import { type Scope, spend } from './scope.js'
import { LOOKBACK_MS, resolveShift } from './shift.js'
import { type Column, emptyColumn, hasValues } from './value.js'

/**
 * The value of each series at each instant on the line between the samples before and after it, each not further away
 * than the look-back; the one before alone where none comes after. Behind a staleness marker there is nothing.
 */
export function selectSmoothed(scope: Scope, selector: VectorSelector, frame: Frame): Column[] {
  const { at, offset } = resolveShift(selector, scope.times)
  const series = scope.data.get(selector) ?? []
  spend(scope, series.length * frame.steps, selector.span)
  const columns = series.map(({ labels, timestamps, values, stale }) => {
    const column = emptyColumn(labels, false, frame.steps)
    let before = -1
    for (let index = 0; index < frame.steps; index++) {
      const moment = (at ?? instant(frame, index)) - offset
      while (before + 1 < timestamps.length && (timestamps[before + 1] ?? 0) <= moment) before++
      const time = timestamps[before]
      if (time === undefined || time <= moment - LOOKBACK_MS || stale?.[before] === 1) continue
      const value = values[before] ?? 0
      const next = timestamps[before + 1]
      const alone = next === undefined || next > moment + LOOKBACK_MS || stale?.[before + 1] === 1
      const share = alone ? 0 : (moment - time) / (next - time)
      column.values[index] = share === 0 ? value : value + ((values[before + 1] ?? 0) - value) * share
      column.present[index] = 1
    }
    return column
  })
  return columns.filter(hasValues)
}
