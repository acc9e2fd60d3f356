import { expect, test } from 'vitest'
import { passesLuhn } from './luhn.js'

test('one check digit of ten is right', () => {
  for (const open of ['411111111111111', '7992739871', '37828224631000'])
    expect([...'0123456789'].filter((digit) => passesLuhn(open + digit))).toHaveLength(1)
  expect(passesLuhn('79927398713')).toBe(true)
})
