import fc from 'fast-check'
import { expect, test } from 'vitest'
import { distinctOrder } from './metric-order.js'

test('samples come by series and time, each once, the first of equals', () => {
  const samples = fc.array(fc.record({ series: fc.integer({ min: 1, max: 4 }), ts: fc.integer({ min: 0, max: 6 }) }))
  fc.assert(
    fc.property(samples, (all) => {
      const order = [
        ...distinctOrder(
          Float64Array.from(all, ({ series }) => series),
          Float64Array.from(all, ({ ts }) => ts),
        ),
      ]
      const expected = all
        .map((sample, i) => ({ ...sample, i }))
        .filter(({ series, ts, i }) => all.findIndex((other) => other.series === series && other.ts === ts) === i)
        .sort((a, b) => a.series - b.series || a.ts - b.ts)
      expect(order).toEqual(expected.map(({ i }) => i))
    }),
  )
})
