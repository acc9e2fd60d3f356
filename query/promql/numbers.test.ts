import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { naturalOrder } from './functions/natural-order.js'
import { ResetLosses } from './functions/reset-losses.js'
import { parseGoFloat, plainNumber, shortNumber } from './go-number.js'
import { KahanSum, RunningMean } from './kahan.js'
import { quantile } from './quantile.js'
import { WindowBlocks } from './window-blocks.js'

describe('numbers as Go writes them', () => {
  it.each([
    [0.1, '0.1', '0.1'],
    [-0, '-0', '-0'],
    [1e21, '1000000000000000000000', '1e+21'],
    [1.5e-7, '0.00000015', '1.5e-07'],
    [-2.25e22, '-22500000000000000000000', '-2.25e+22'],
    [123456789, '123456789', '123456789'],
    [Number.POSITIVE_INFINITY, '+Inf', '+Inf'],
    [Number.NaN, 'NaN', 'NaN'],
  ])('%d', (value, plain, short) => {
    expect([plainNumber(value), shortNumber(value)]).toEqual([plain, short])
  })

  it('in full stand for the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(plainNumber(value))).toBe(value)
      }),
    )
  })

  it.each([
    ['.2', 0.2],
    ['1e0', 1],
    ['5.', 5],
    ['+inf', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['', null],
    ['0x', null],
    ['1 ', null],
  ])('%j is read', (text, value) => {
    expect(parseGoFloat(text)).toBe(value)
  })
})

describe('sums and means', () => {
  const sumOf = (values: readonly number[]) => {
    const sum = new KahanSum()
    for (const value of values) sum.add(value)
    return sum.total
  }
  const meanOf = ([first = 0, ...rest]: readonly number[]) => {
    const mean = new RunningMean(first)
    for (const value of rest) mean.add(value)
    return mean.mean
  }

  it('keep what plain sums lose', () => {
    expect(sumOf([1, 1e100, 1, -1e100])).toBe(2)
    expect(sumOf(Array.from({ length: 10 }, () => 0.1))).toBe(1)
  })

  it.each([
    [[1e308, 1e308, 1e308], 1e308],
    [[Number.POSITIVE_INFINITY, 0], Number.POSITIVE_INFINITY],
    [[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], Number.NaN],
    [[52, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52], 52],
  ])('the mean of %j is %d', (values, mean) => {
    expect(meanOf(values)).toBe(mean)
  })

  it('of blocks are those of their samples', () => {
    const values = Float64Array.from({ length: 1_000 }, (_, index) =>
      index % 97 === 0 ? Number.NaN : Math.sin(index) * 1e6,
    )
    const blocks = new WindowBlocks(values)
    const whole = new WindowBlocks(values.map((value) => (Number.isNaN(value) ? 0 : value)))
    fc.assert(
      fc.property(fc.nat(999), fc.nat(999), (one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other) + 1]
        const numbers = [...values.subarray(from, to)].filter((value) => !Number.isNaN(value))
        expect(whole.sum(from, to)).toBeCloseTo(sumOf(numbers), 6)
        expect(blocks.min(from, to)).toBe(numbers.length === 0 ? Number.NaN : Math.min(...numbers))
        expect(blocks.max(from, to)).toBe(numbers.length === 0 ? Number.NaN : Math.max(...numbers))
      }),
    )
  })

  it('of what resets lost are those of each window', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 700 }), fc.integer({ min: 1, max: 600 }), (counts, width) => {
        const values = Float64Array.from(counts)
        const losses = new ResetLosses(values)
        for (let from = 0; from + width <= counts.length; from += 7) {
          let expected = 0
          for (let index = from + 1; index < from + width; index++) {
            if ((counts[index] ?? 0) < (counts[index - 1] ?? 0)) expected += counts[index - 1] ?? 0
          }
          expect(losses.inWindow(from, from + width)).toBe(expected)
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('the quantile', () => {
  it.each([
    [0.5, [3, 1, 2], 2],
    [0.25, [0, 4], 1],
    [0, [Number.NaN, 1], Number.NaN],
    [1, [Number.NaN, 1], 1],
    [0.5, [], Number.NaN],
    [-1, [1], Number.NEGATIVE_INFINITY],
    [1.1, [1], Number.POSITIVE_INFINITY],
    [Number.NaN, [1], Number.NaN],
  ])('%d of %j', (phi, values, expected) => {
    expect(quantile(phi, values)).toBe(expected)
  })
})

it('natural order sorts by the numbers in texts and is an order', () => {
  expect(['v10', 'v9', 'v1.12', 'v1.2', 'a', 'v01', ''].sort(naturalOrder)).toEqual([
    '',
    'a',
    'v01',
    'v1.2',
    'v1.12',
    'v9',
    'v10',
  ])
  const text = fc.string({ unit: fc.constantFrom('0', '1', '9', 'a', '.'), maxLength: 6 })
  fc.assert(
    fc.property(text, text, text, (one, two, three) => {
      expect(Math.sign(naturalOrder(one, two))).toBe(-Math.sign(naturalOrder(two, one)) + 0)
      if (naturalOrder(one, two) <= 0 && naturalOrder(two, three) <= 0)
        expect(naturalOrder(one, three)).toBeLessThanOrEqual(0)
    }),
  )
})
