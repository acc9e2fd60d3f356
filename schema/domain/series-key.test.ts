import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seriesKey } from './series-key.js'

const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '1', '"'), maxLength: 3 })
const labels = fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true })
const kinds = ['gauge', 'counter'] as const
const series = fc.record({ org: fc.constantFrom('o', 'p'), name: text, kind: fc.constantFrom(...kinds), labels })

test('two series have the same key only when they are the same', () => {
  fc.assert(
    fc.property(series, series, (a, b) => {
      const same = JSON.stringify(a) === JSON.stringify(b)
      const keys = [a, b].map(({ org, name, kind, labels }) => seriesKey(org, name, kind, labels))
      expect(keys[0] === keys[1]).toBe(same)
    }),
    { numRuns: 2_000 },
  )
})

test('a text that holds the separator is taken for none that does not', () => {
  const spoofed = seriesKey('o', 'm', 'gauge', { a: 'x\0b\0y' })
  expect(spoofed).not.toBe(seriesKey('o', 'm', 'gauge', { a: 'x', b: 'y' }))
  expect(spoofed).not.toBe(seriesKey('o', 'm', 'gauge', { 'a\0x\0b': 'y', c: '' }))
  expect(seriesKey('o', 'm\0a\0x', 'gauge', {})).not.toBe(seriesKey('o', 'm', 'gauge', { a: 'x' }))
})
