import { expect, test } from 'vitest'
import { FixedWindows } from './fixed-windows.js'

test('points are taken until there are none, and are back when the window is over', () => {
  const windows = new FixedWindows(2, 1_000)
  expect(windows.take('a', 0)).toEqual({ allowed: true, remaining: 1, resetMs: 1_000 })
  expect(windows.take('a', 400)).toEqual({ allowed: true, remaining: 0, resetMs: 600 })
  expect(windows.take('a', 500)).toEqual({ allowed: false, remaining: 0, resetMs: 500 })
  expect(windows.take('b', 500).allowed).toBe(true)
  expect(windows.take('a', 1_000)).toEqual({ allowed: true, remaining: 1, resetMs: 1_000 })
})

test('looking takes nothing', () => {
  const windows = new FixedWindows(1, 1_000)
  expect([windows.look('a', 0), windows.look('a', 0)].map(({ allowed }) => allowed)).toEqual([true, true])
})

test('very many keys are not all remembered; those seen last are', () => {
  const windows = new FixedWindows(1, 1_000, 3)
  for (const key of ['a', 'b', 'c', 'd']) windows.take(key, 0)
  expect(['a', 'b', 'c', 'd'].map((key) => windows.look(key, 0).allowed)).toEqual([true, false, false, false])
})
