import { expect, it } from 'vitest'
import type { RateLimiter } from '../schema/ports/limits.js'
import { quietLog } from '../test/conformance/quiet-log.js'
import { createFallbackLimiter } from './fallback-limiter.js'
import { createMemoryLimiter } from './memory/limiter.js'

const LIMIT = { points: 2, windowMs: 1000 }

it('goes on counting in this process while the first limiter fails, and asks it again', async () => {
  let away = true
  const first: RateLimiter = {
    async consume() {
      if (away) throw new Error('Connection is closed.')
      return { allowed: true, remaining: 1, resetMs: 5 }
    },
    close: async () => {},
  }
  const log = quietLog()
  const limiter = createFallbackLimiter({ first, second: createMemoryLimiter({ clock: { now: () => 0 } }), log })
  const answers = [1, 2, 3].map(() => limiter.consume('a', 1, LIMIT))
  expect((await Promise.all(answers)).map(({ allowed }) => allowed)).toEqual([true, true, false])
  expect(log.heard).toHaveLength(3)
  away = false
  expect(await limiter.consume('a', 1, LIMIT)).toEqual({ allowed: true, remaining: 1, resetMs: 5 })
})
