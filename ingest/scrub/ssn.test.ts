import { expect, test } from 'vitest'
import { endOfSsn } from './ssn.js'

test.each(['123-45-6789', '001-01-0001', '899-99-9999', '123-45-6789.'])('%s is one', (text) => {
  expect(endOfSsn(text, 0)).toBe(11)
})

test.each([
  '000-12-3456',
  '666-12-3456',
  '900-12-3456',
  '123-00-4567',
  '123-45-0000',
  '123-45-67890',
  '123-45-6789-0',
  '123 45 6789',
  '123-456-7890',
  '123456789',
])('%s is none', (text) => {
  expect(endOfSsn(text, 0)).toBe(-1)
})
