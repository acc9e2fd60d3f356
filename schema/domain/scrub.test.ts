import { expect, test } from 'vitest'
import { DEFAULT_SCRUB_POLICY, DEFAULT_SCRUB_STRATEGIES, SCRUB_KINDS, scrubPolicySchema } from './scrub.js'

test('an empty policy is the default one, and every kind has a strategy', () => {
  expect(scrubPolicySchema.parse({})).toEqual(DEFAULT_SCRUB_POLICY)
  expect(Object.keys(DEFAULT_SCRUB_STRATEGIES)).toEqual([...SCRUB_KINDS])
})

test.each([
  { kinds: { name: 'redact' } },
  { kinds: { email: 'drop' } },
  { fields: { '': 'keep' } },
  { sensitiveNames: ['x'] },
  { fields: { 'a\u0000': 'keep' } },
  { sensitiveNames: ['half\ud800'] },
  { fields: Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`f${i}`, 'keep'])) },
  { other: 1 },
])('%j is no policy', (policy) => {
  expect(scrubPolicySchema.safeParse(policy).success).toBe(false)
})
