import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seriesKey, seriesOfKey } from './series-key.js'

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

test('a key tells its series, labels in their order, and none where a text holds the separator', () => {
  const wild = fc.oneof(
    text,
    fc.string({ unit: 'binary' }),
    fc.constantFrom('__proto__', 'constructor', '7', '\0', '\ud800'),
  )
  const wildly = fc.record({
    orgId: fc.constantFrom('o', 'org_1'),
    name: wild,
    kind: fc.constantFrom(...kinds),
    labels: fc.array(fc.tuple(wild, wild), { maxLength: 4 }).map((all) => Object.fromEntries(all)),
  })
  fc.assert(
    fc.property(wildly, (series) => {
      const { orgId, name, kind, labels } = series
      const found = seriesOfKey(seriesKey(orgId, name, kind, labels))
      const isStorable = ![name, ...Object.entries(labels).flat()].some((one) => one.includes('\0'))
      expect(found).toEqual(isStorable ? series : null)
      if (found !== null) expect(Object.keys(found.labels)).toEqual(Object.keys(labels))
    }),
    { numRuns: 2_000 },
  )
})
