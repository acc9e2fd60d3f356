import { expect, test } from 'vitest'
import { paceOf } from './pace.js'

const NOW = 1_795_231_369_000

test.each([
  [1, 0, 0],
  [1, 10_000, 10_000],
  [10, 10_000, 1_000],
  [0.5, 10_000, 20_000],
])('at speed %d what came %i ms after the first is due %i ms from now', (speed, after, due) => {
  const pace = paceOf(speed, 5_000, 65_000, NOW)
  expect(pace.moved({ ms: 5_000 + after, ns: 0 })).toEqual({ ms: NOW + due, ns: 0 })
  expect(pace.waits).toBe(true)
})

test('at speed 0 nothing waits, distances stay and the last bears now', () => {
  const pace = paceOf(0, 5_000, 65_000, NOW)
  expect(pace.moved({ ms: 65_000, ns: 7 })).toEqual({ ms: NOW, ns: 7 })
  expect(pace.moved({ ms: 5_000, ns: 0 })).toEqual({ ms: NOW - 60_000, ns: 0 })
  expect(pace.waits).toBe(false)
})
