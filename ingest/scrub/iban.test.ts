import { expect, test } from 'vitest'
import { endOfIban } from './iban.js'

test.each([
  'DE89370400440532013000',
  'GB82 WEST 1234 5698 7654 32',
  'NO9386011117947',
  'MT84MALT011000012345MTLCAST001S',
])('%s is one', (text) => {
  expect(endOfIban(`${text}, paid`, 0)).toBe(text.length)
})

test.each([
  ['a wrong check sum', 'DE88370400440532013000'],
  ['too short', 'DE8937040044053201300'],
  ['too long', 'DE893704004405320130001'],
  ['no country', 'ZZ89370400440532013000'],
  ['small letters', 'de89370400440532013000'],
  ['spaces elsewhere', 'DE89 370 4004 4053 2013 000'],
])('%s is none', (_, text) => {
  expect(endOfIban(text, 0)).toBe(-1)
})
