import fc from 'fast-check'
import { expect, test } from 'vitest'
import { distinctOrder } from './metric-order.js'

test('samples come by series and time, each once, the first of equals', () => {
  const ids = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 })
  const samples = fc.array(fc.record({ entry: fc.nat(), ts: fc.integer({ min: 0, max: 6 }) }))
  fc.assert(
    fc.property(ids, samples, (known, sent) => {
      const all = sent.map(({ entry, ts }) => ({
        entry: entry % known.length,
        id: known[entry % known.length] ?? 0,
        ts,
      }))
      const order = distinctOrder({
        ids: Float64Array.from(known),
        seriesOf: Uint32Array.from(all, ({ entry }) => entry),
        timestamps: Float64Array.from(all, ({ ts }) => ts),
      })
      const expected = all
        .map((sample, i) => ({ ...sample, i }))
        .filter(({ id, ts, i }) => all.findIndex((other) => other.id === id && other.ts === ts) === i)
        .sort((a, b) => a.id - b.id || a.ts - b.ts)
      expect([...order]).toEqual(expected.map(({ i }) => i))
    }),
  )
})
