import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasMoreValues } from './value-count.js'

/** Values counted the plain way. An empty object or array counts one more, as room for what could stand in it. */
function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  const inner: unknown[] = Array.isArray(value) ? value : Object.values(value)
  return (
    1 +
    Math.max(
      1,
      inner.map(countOf).reduce((sum, one) => sum + one, 0),
    )
  )
}

test('values are counted whatever stands in strings', () => {
  const text = fc.string({ unit: fc.constantFrom('"', '\\', ',', '[', '{', 'a', 'ü') })
  const json = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium' },
      text,
      fc.integer(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(text, tie('value'), { maxKeys: 4 }),
    ),
  })).value
  fc.assert(
    fc.property(json, (value) => {
      const body = Buffer.from(JSON.stringify(value))
      const count = countOf(value)
      expect([hasMoreValues(body, count), hasMoreValues(body, count - 1)]).toEqual([false, true])
    }),
    { numRuns: 500 },
  )
})

test.each(['', '"', '"\\', '"abc\\"', '[[[['])('%j, which is no JSON, comes to an end', (text) => {
  expect(hasMoreValues(Buffer.from(text), 100)).toBe(false)
})
