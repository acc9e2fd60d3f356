import { expect, test } from 'vitest'
import { API_KEY_HEADS, endOfApiKey } from './api-key.js'
import { VENDOR_KEYS } from './vendor-keys.js'

test.each(VENDOR_KEYS.map((key) => [key.prefix, key.vendor, key] as const))(
  '%s of %s',
  (prefix, _, { least, most }) => {
    // 2 is of every class of characters that keys are made of.
    const key = prefix + '2'.repeat(least)
    expect(endOfApiKey(`${key} x`, 0)).toBe(key.length)
    expect(endOfApiKey(prefix + '2'.repeat(least - 1), 0)).toBe(-1)
    if (least === most) expect(endOfApiKey(`${key}2`, 0)).toBe(-1)
    expect(API_KEY_HEADS).toContain(prefix.slice(0, 2))
  },
)

test('a key of SendGrid', () => {
  const key = `SG.${'a'.repeat(22)}.${'b'.repeat(43)}`
  expect(endOfApiKey(key, 0)).toBe(69)
  expect(endOfApiKey(key.slice(0, -1), 0)).toBe(-1)
  expect(endOfApiKey(`${key}b`, 0)).toBe(-1)
})

test.each(['sk-spinner-large', 'ghp_short', 'AKIAlowercase1234567', 'pk_live_0123456789abcdef', 'SKU12345'])(
  '%s is none',
  (text) => {
    expect(endOfApiKey(text, 0)).toBe(-1)
  },
)
