import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SCRUB_KINDS } from '../../schema/domain/scrub.js'
import { processorMs } from '../../test/harness/processor-ms.js'
import { findAll, searchFor } from './find.js'
import { sensitiveNames } from './sensitive-name.js'

const search = searchFor(new Set(SCRUB_KINDS), sensitiveNames([]))
const MEGABYTE = 1_000_000

test.each([
  'a',
  '1',
  '1 ',
  '1-',
  '1.',
  '@',
  'a@',
  'a.',
  'a@a.',
  '=',
  'token=',
  'password="',
  'token:\\"',
  "token='\\",
  'eyJ',
  'eyJ-',
  'eyJhbGciOi.',
  'eyJhbGciOi.eyJ9.',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN ',
  '-',
  '://a:',
  '://a@',
  'Bearer ',
  'Bearer a.',
  'DE89',
  'DE89 3704 ',
  '4111 ',
  '41111111-',
  '+1 (',
  '(1',
  '+',
  '::',
  '1:',
  'ghp_',
  'sk-proj-',
  'xoxb-a',
  'cookie: a',
  'authorization: digest ',
  'é@é.',
])('a megabyte of %j takes linear time', async (piece) => {
  const text = piece.repeat(MEGABYTE / piece.length)
  // Some 20 to 200 ms; minutes to hours where time grows with the square.
  expect(await processorMs(() => findAll(text, search))).toBeLessThan(3_000)
})

test('findings stand in order, within the text and apart', () => {
  const words = fc.constantFrom(
    ...'a@example.com|4111111111111111|123-45-6789|password=|x9y8z7|"|token: |212-555-0123|DE89370400440532013000|10.0.0.1|2001:db8::1|Bearer |0123456789abcdef|AKIA2222222222222222|, |eyJhbGciOiJIUzI1NiJ9.e30.x'.split(
      '|',
    ),
  )
  const texts = fc.array(fc.oneof(words, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 15 })
  fc.assert(
    fc.property(texts, (pieces) => {
      const text = pieces.join('')
      let last = 0
      for (const { from, to } of findAll(text, search) ?? []) {
        expect(from).toBeGreaterThanOrEqual(last)
        expect(to).toBeGreaterThan(from)
        last = to
      }
      expect(last).toBeLessThanOrEqual(text.length)
    }),
    { numRuns: 3_000 },
  )
})
