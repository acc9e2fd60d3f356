import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ScrubPolicy, scrubPolicySchema } from '../../schema/domain/scrub.js'
import { createScrubber } from './scrubber.js'

const KEY = new Uint8Array(32).fill(7)
const under = (policy: Partial<ScrubPolicy>, org = 'org_1') => createScrubber(org, KEY, scrubPolicySchema.parse(policy))

test('what is clean comes back as the same object', () => {
  const value = { a: ['x', 1, null, true], b: { c: 'y' } }
  expect(under({}).value('field', value)).toBe(value)
})

test('objects and arrays are scrubbed throughout, and left alone otherwise', () => {
  const before = {
    list: [{ mail: 'a@example.com' }, 'b'],
    deep: { deeper: { password: 'x1', n: 1 } },
    n: 4_111_111_111_111_111,
  }
  const kept = structuredClone(before)
  expect(under({}).value('field', before)).toEqual({
    list: [{ mail: '[email]' }, 'b'],
    deep: { deeper: { password: '[secret]', n: 1 } },
    n: '[card]',
  })
  expect(before).toEqual(kept)
})

test('a sensitive name covers all below it, numbers too', () => {
  expect(under({}).value('credentials', { user: 'bob', pin: 1234, tries: [1], ok: true })).toEqual({
    user: '[secret]',
    pin: '[secret]',
    tries: ['[secret]'],
    ok: true,
  })
})

test('an attribute called __proto__ is one like others', () => {
  const before: unknown = JSON.parse('{"__proto__":"a@example.com"}')
  expect(JSON.stringify(under({}).value('field', before))).toBe('{"__proto__":"[email]"}')
})

test('masks keep the last four characters of what is long enough', () => {
  const masking = under({ kinds: { card: 'mask', secret: 'mask' } })
  expect(masking.text('4111 1111 1111 1111')).toBe('[card:***1111]')
  expect(masking.text('pwd=short1 token=long-enough-9876')).toBe('pwd=[secret:***] token=[secret:***9876]')
})

test('a hash is the same for one entity, and another in another organisation and under another key', () => {
  const policy = { kinds: { email: 'hash', phone: 'hash' } } as const
  const hashing = under(policy)
  const token = hashing.text('ana@example.com')
  expect(token).toMatch(/^\[email:[0-9a-f]{16}\]$/)
  expect(hashing.text('ANA@Example.com')).toBe(token)
  expect(hashing.text('+1 415 555 0123')).toBe(hashing.text('+14155550123'))
  expect(hashing.text('bob@example.com')).not.toBe(token)
  expect(under(policy, 'org_2').text('ana@example.com')).not.toBe(token)
  expect(createScrubber('org_1', new Uint8Array(32), scrubPolicySchema.parse(policy)).text('ana@example.com')).not.toBe(
    token,
  )
})

test('fields go before kinds, the nearest first', () => {
  const fields = { 'user.email': 'keep', 'http.*': 'redact', 'http.route': 'keep', message: 'mask' } as const
  const scrubber = under({ fields })
  expect(scrubber.value('user.email', 'a@example.com')).toBe('a@example.com')
  expect(scrubber.value('http.request.body', 'plain')).toBe('[secret]')
  expect(scrubber.value('http.route', '/users/:id')).toBe('/users/:id')
  expect(scrubber.text('all of this', 'message')).toBe('[secret:***this]')
})

test('kinds that are kept are not looked for; addresses are kept until asked for', () => {
  expect(under({ kinds: { email: 'keep' } }).text('a@example.com from 10.0.0.1')).toBe('a@example.com from 10.0.0.1')
  expect(under({ kinds: { ipv4: 'redact', ipv6: 'redact' } }).text('10.0.0.1 2001:db8::1 12:30:01')).toBe(
    '[ipv4] [ipv6] 12:30:01',
  )
})

const words = fc.constantFrom(
  ...'a@example.com|4111 1111 1111 1111|password=x9|"token":"y|eyJhbGciOiJIUzI1NiJ9.eyJ9.x|+14155550123|-----BEGIN PRIVATE KEY-----|://u:p@|=|:| |"|\\|[|]|[secret]|[email:|é|🙂|10.0.0.1|Bearer 0123456789abcdef|AKIA2222222222222222'.split(
    '|',
  ),
)
// Apart: an entity right behind another may only show once that one is gone.
const texts = fc
  .array(fc.oneof(words, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 12 })
  .map((all) => all.join(' '))

test('scrubbing what was scrubbed changes nothing, under every strategy', () => {
  for (const strategy of ['redact', 'hash', 'mask'] as const) {
    const kinds = {
      email: strategy,
      card: strategy,
      phone: strategy,
      api_key: strategy,
      jwt: strategy,
      secret: strategy,
    }
    const scrubber = under({ kinds })
    fc.assert(
      fc.property(texts, (text) => {
        const once = scrubber.text(text)
        expect(scrubber.text(once)).toBe(once)
      }),
      { numRuns: 1_500 },
    )
  }
})
