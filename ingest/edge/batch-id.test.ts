import { expect, test } from 'vitest'
import { newBatchId } from './batch-id.js'

test('ids are UUIDs of version 7 that begin with the time', () => {
  // The time of the example in RFC 9562, appendix A.6.
  expect(newBatchId(0x017f22e279b0, new Uint8Array(16).fill(0xff))).toBe('017f22e2-79b0-7fff-bfff-ffffffffffff')
  expect(newBatchId(0x017f22e279b0, new Uint8Array(16))).toBe('017f22e2-79b0-7000-8000-000000000000')
})
