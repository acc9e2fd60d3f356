import { expect, it } from 'vitest'
import { createScrubber } from '../../ingest/scrub/index.js'
import { HOSTILE_STRINGS } from './strings.js'

it('holds 500 strings that the scrubber leaves as they are', () => {
  const scrubber = createScrubber('org_1', new Uint8Array(32))
  expect(HOSTILE_STRINGS.length).toBeGreaterThanOrEqual(500)
  expect(HOSTILE_STRINGS.filter((text) => scrubber.text(text, 'message') !== text)).toEqual([])
})
