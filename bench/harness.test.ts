import { expect, test } from 'vitest'
import { meetsAim, quantile, table } from './harness.js'

test('aims are met at their bound', () => {
  const figure = { name: 'x', value: 10, unit: 's' }
  expect(meetsAim(figure)).toBeNull()
  expect(meetsAim({ ...figure, aim: { atLeast: 10 } })).toBe(true)
  expect(meetsAim({ ...figure, aim: { atLeast: 11 } })).toBe(false)
  expect(meetsAim({ ...figure, aim: { atMost: 10 } })).toBe(true)
  expect(meetsAim({ ...figure, aim: { atMost: 9 } })).toBe(false)
  expect(meetsAim({ ...figure, value: Number.NaN, aim: { atMost: 9 } })).toBe(false)
})

test('figures stand in columns', () => {
  const text = table([
    { name: 'speed', value: 61_234.5, unit: 'logs/s', aim: { atLeast: 30_000 } },
    { name: 'ratio', value: 0.12345, unit: '', aim: { atLeast: 0.25 } },
    { name: 'memory', value: 640, unit: 'MiB' },
  ])
  expect(text.split('\n')).toEqual([
    '  speed   61,235 logs/s  ≥ 30,000  met',
    '  ratio    0.123         ≥ 0.25    MISSED',
    '  memory     640 MiB',
  ])
})

test('quantiles are by nearest rank', () => {
  const values = [5, 1, 4, 2, 3]
  expect([0, 0.5, 0.8, 0.99, 1].map((q) => quantile(values, q))).toEqual([1, 3, 4, 5, 5])
  expect(quantile([], 0.5)).toBeNaN()
})
