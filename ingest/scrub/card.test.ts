import { expect, test } from 'vitest'
import { endOfCard } from './card.js'

test.each([
  ['4111111111111111', 16],
  ['4111 1111 1111 1111', 19],
  ['4111-1111-1111-1111 next', 19],
  ['4111 1111 1111 1111 4111', 19],
  ['378282246310005', 15],
  ['3782 822463 10005', 17],
  ['30569309025904', 14],
  ['6011111111111117.', 16],
  ['3530111333300000', 16],
  ['2223003122003222', 16],
  ['6304000000000000', 16],
])('%s is a card up to %i', (text, to) => {
  expect(endOfCard(text, 0)).toBe(to)
})

test.each([
  ['a wrong check digit', '4111111111111112'],
  ['a known length of another issuer', '41111111111111'],
  ['no issuer', '1234567812345670'],
  ['a time in nanoseconds', '1795231369462017001'],
  ['mixed separators', '4111 1111-1111 1111'],
  ['the head of a name', '4111111111111111abc'],
  ['a fraction', '4111111111111111.5'],
  ['twenty digits', '41111111111111111111'],
  ['a year', '2023-11-21 03:20'],
])('%s is none', (_, text) => {
  expect(endOfCard(text, 0)).toBe(-1)
})
