import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KnownShared, sharedAttributes } from './known-shared.js'

const value = fc.oneof(
  fc.constantFrom('1', 'true', 'null', '["a"]', '', 'x'),
  fc.constantFrom(1, 0, true, false, null),
  fc.constantFrom(['a'], ['a', 'b'], { b: 1 }, { b: '1' }),
)
const attributes = fc.dictionary(fc.constantFrom('a', 'b', 'scope', 'service.name', '__proto__'), value, { maxKeys: 3 })

test('pairs of a resource and a scope share an object if, and only if, they read the same', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(attributes, attributes), { maxLength: 20 }), (pairs) => {
      const known = new KnownShared()
      const byText = new Map<string, object>()
      for (const [resource, scope] of pairs) {
        const shared = known.of(structuredClone(resource), structuredClone(scope))
        expect(shared).toEqual(sharedAttributes(resource, scope))
        const text = JSON.stringify(resource) + JSON.stringify(scope)
        expect(shared).toBe(byText.get(text) ?? shared)
        byText.set(text, shared)
      }
      expect(new Set(byText.values()).size).toBe(byText.size)
    }),
    { numRuns: 500 },
  )
})
