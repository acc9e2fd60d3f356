import { expect, test } from 'vitest'
import { scrubAttributes, scrubLabels } from './attributes.js'
import { createScrubber } from './scrubber.js'

const scrubber = createScrubber('org_1', new Uint8Array(32))

test('attributes without anything to scrub are the same object', () => {
  const attributes = { host: 'a', n: 1, tags: ['x'] }
  expect(scrubAttributes(attributes, scrubber)).toBe(attributes)
})

test('labels stay texts, and others stay as they are', () => {
  expect(scrubLabels({ user: 'a@example.com', token: 'abc', pod: 'web-1' }, scrubber)).toEqual({
    user: '[email]',
    token: '[secret]',
    pod: 'web-1',
  })
})
