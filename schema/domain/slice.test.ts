import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SKETCH_ERROR, sketchBucket, sketchQuantile } from './sketch.js'
import { EMPTY_PARTIAL, mergePartials, type SlicePartial } from './slice.js'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 })

function partialOf(values: readonly number[]): SlicePartial {
  return values.reduce<SlicePartial>(
    (sum, v) => mergePartials(sum, { count: 1, sum: v, min: v, max: v, sketch: new Map([[sketchBucket(v), 1]]) }),
    EMPTY_PARTIAL,
  )
}

it('merges to the same whatever the grouping', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1000, max: 1000 })), fc.nat(50), (values, cut) => {
      const whole = partialOf(values)
      expect(mergePartials(partialOf(values.slice(0, cut)), partialOf(values.slice(cut)))).toEqual(whole)
      expect(mergePartials(partialOf(values.slice(cut)), partialOf(values.slice(0, cut)))).toEqual(whole)
    }),
  )
})

it('answers quantiles within the relative error it states', () => {
  fc.assert(
    fc.property(fc.array(finite, { minLength: 1 }), fc.constantFrom(0, 0.5, 0.9, 0.95, 0.99, 1), (values, q) => {
      const sorted = [...values].sort((a, b) => a - b)
      const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] ?? Number.NaN
      const found = sketchQuantile(partialOf(values).sketch ?? new Map(), q) ?? Number.NaN
      expect(Math.abs(found - exact)).toBeLessThanOrEqual(
        Math.abs(exact) * SKETCH_ERROR * (1 + 1e-9) + Number.MIN_VALUE,
      )
    }),
  )
})

it('has no quantile of nothing', () => {
  expect(sketchQuantile(new Map(), 0.5)).toBeNull()
})
