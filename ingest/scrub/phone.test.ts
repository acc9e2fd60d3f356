import { expect, test } from 'vitest'
import { endOfPhone } from './phone.js'

test.each([
  '+14155550123',
  '+1 415 555 0123',
  '+1 (415) 555-0123',
  '+44 20 7946 0958',
  '+44 (0)20 7946 0958',
  '+4915112345678',
  '(212) 555-0123',
  '(212)555-0123',
  '212-555-0123',
  '212.555.0123',
  '1-212-555-0123',
  '020 7946 0958',
  '07700 900123',
  '0151-23456789',
  '(030) 12345678',
  '06 12 34 56 78',
  '06.12.34.56.78',
])('%s is one', (text) => {
  for (const after of ['', ', please', ' 200 ms', '"}']) {
    const goesOn = after === ' 200 ms' && /^\(?0/.test(text)
    if (!goesOn) expect(endOfPhone(text + after, 0), text + after).toBe(text.length)
  }
})

test.each([
  ['bare digits', '2125550123'],
  ['an offset of a time zone', '+0530'],
  ['few digits', '+1234567'],
  ['many digits', '+1234567890123456'],
  ['an area that begins with 1', '112-555-0123'],
  ['an area such as 911', '911-555-0123'],
  ['a date', '03-11-2026'],
  ['a date and a time', '03-11-2026 10:20:30'],
  ['an address', '212.155.012.1'],
  ['bytes', '00 01 02 03 04'],
  ['more bytes', '06 12 34 56 78 90'],
  ['the head of an id', '212-555-0123-77'],
  ['the head of a name', '212-555-0123abc'],
])('%s is none', (_, text) => {
  expect(endOfPhone(text, 0)).toBe(-1)
})

test('the rest of a longer number is none', () => {
  expect(endOfPhone('x-212-555-0123', 2)).toBe(-1)
})
