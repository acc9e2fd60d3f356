import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LONGEST_RETRY_AFTER_MS, RETRY_DELAYS_MS, retryDelay } from './back-off.js'

describe('waits between attempts', () => {
  it('add up to about 75 h over twelve attempts', () => {
    const hours = RETRY_DELAYS_MS.reduce((sum, delay) => sum + delay, 0) / 3_600_000
    expect(hours).toBeGreaterThan(74)
    expect(hours).toBeLessThan(76)
    expect(retryDelay(12, null, 0.5)).toBeNull()
    expect(retryDelay(11, null, 0.5)).toBe(24 * 3_600_000)
  })

  it('begin with seconds and are spread by a tenth either way', () => {
    expect(retryDelay(1, null, 0)).toBe(4_500)
    expect(retryDelay(1, null, 0.5)).toBe(5_000)
    expect(retryDelay(1, null, 0.999_999)).toBe(5_500)
  })

  it('are as long as the receiver asks, within a day', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 11 }),
        fc.nat(10 ** 10),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (n, after, r) => {
          const delay = retryDelay(n, after, r) ?? 0
          expect(delay).toBeGreaterThanOrEqual(Math.min(after, LONGEST_RETRY_AFTER_MS))
          expect(delay).toBeGreaterThanOrEqual(Math.round((RETRY_DELAYS_MS[n - 1] ?? 0) * 0.9))
          expect(delay).toBeLessThanOrEqual(LONGEST_RETRY_AFTER_MS * 1.1)
        },
      ),
    )
  })
})
