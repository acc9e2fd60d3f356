import { expect, it } from 'vitest'
import { retryAfterMs } from './http-result.js'

const NOW = Date.UTC(2026, 2, 1, 12)

it.each([
  ['120', 120_000],
  [' 0 ', 0],
  ['Sun, 01 Mar 2026 12:01:00 GMT', 60_000],
  ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
  ['soon', null],
  ['-5', null],
  ['', null],
  [undefined, null],
])('Retry-After: %j is %j ms', (header, ms) => expect(retryAfterMs(header, NOW)).toBe(ms))
