import { expect, test } from 'vitest'
import { addressKey } from './address-key.js'

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['nonsense', 'unknown'],
  [undefined, 'unknown'],
])('%s counts under %s', (address, key) => {
  expect(addressKey(address)).toBe(key)
})
