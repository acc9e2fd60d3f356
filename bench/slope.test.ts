import { expect, test } from 'vitest'
import { slope } from './slope.js'

test('the slope is that of the line nearest to the points', () => {
  expect(slope([0, 1, 2, 3].map((x) => ({ x, y: 7 - 2 * x })))).toBeCloseTo(-2)
  expect(slope([1, 3, 2, 4].map((y, x) => ({ x, y })))).toBeCloseTo(0.8)
  expect(slope([{ x: 1, y: 1 }])).toBeNaN()
})
