import { type Aggregate, quantileOf } from '../schema/domain/measure.js'
import { sketchQuantile } from '../schema/domain/sketch.js'
import type { SlicePartial } from '../schema/domain/slice.js'

/**
 * The number that an aggregate makes of a merged window; null where the window holds nothing it could be taken of.
 * Counts and sums of nothing are zero, for a window that was observed and held no event says just that.
 */
export function aggregateValue(aggregate: Aggregate, partial: SlicePartial, windowMs: number): number | null {
  switch (aggregate) {
    case 'COUNT':
      return partial.count
    case 'RATE':
      return partial.count / (windowMs / 1000)
    case 'SUM':
      return partial.sum
    case 'AVG':
      return partial.count === 0 ? null : partial.sum / partial.count
    case 'MIN':
      return partial.count === 0 ? null : partial.min
    case 'MAX':
      return partial.count === 0 ? null : partial.max
    default: {
      const quantile = quantileOf(aggregate)
      return quantile === null || partial.sketch === null ? null : sketchQuantile(partial.sketch, quantile)
    }
  }
}
