import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../../schema/ports/clock.js'
import type { RateLimiter } from '../../schema/ports/limits.js'

/** A clock that stands until it is set. */
export interface ScriptedClock extends Clock {
  set(now: number): void
}

export function scriptedClock(start = 1_000_000): ScriptedClock {
  let now = start
  return {
    now: () => now,
    set(time) {
      now = time
    },
  }
}

/** What every limiter keeps, where its clock can be scripted. */
export function limiterConformance(name: string, open: (clock: Clock) => RateLimiter): void {
  const LIMIT = { points: 10, windowMs: 1000 }

  describe(`${name} as a limiter`, () => {
    it('allows up to the limit, and tells what is left and how long it lasts', async () => {
      const clock = scriptedClock(5_000_250)
      const limiter = open(clock)
      expect(await limiter.consume('a', 4, LIMIT)).toEqual({ allowed: true, remaining: 6, resetMs: 750 })
      clock.set(5_000_900)
      expect(await limiter.consume('a', 6, LIMIT)).toEqual({ allowed: true, remaining: 0, resetMs: 100 })
      expect(await limiter.consume('a', 1, LIMIT)).toEqual({ allowed: false, remaining: 0, resetMs: 100 })
      await limiter.close()
    })

    it('takes nothing when it refuses', async () => {
      const limiter = open(scriptedClock())
      await limiter.consume('a', 7, LIMIT)
      expect(await limiter.consume('a', 4, LIMIT)).toMatchObject({ allowed: false, remaining: 3 })
      expect(await limiter.consume('a', 11, LIMIT)).toMatchObject({ allowed: false, remaining: 3 })
      expect(await limiter.consume('a', 3, LIMIT)).toMatchObject({ allowed: true, remaining: 0 })
      await limiter.close()
    })

    it('tells what is left when no points are asked for, and takes nothing', async () => {
      const limiter = open(scriptedClock())
      expect(await limiter.consume('a', 0, LIMIT)).toMatchObject({ allowed: true, remaining: 10 })
      await limiter.consume('a', 10, LIMIT)
      expect(await limiter.consume('a', 0, LIMIT)).toMatchObject({ allowed: true, remaining: 0 })
      await limiter.close()
    })

    it('counts billions in a day', async () => {
      const limiter = open(scriptedClock())
      const day = { points: 5_000_000_000, windowMs: 86_400_000 }
      expect(await limiter.consume('a', 4_000_000_000, day)).toMatchObject({ allowed: true, remaining: 1_000_000_000 })
      expect(await limiter.consume('a', 1_000_000_001, day)).toMatchObject({ allowed: false, remaining: 1_000_000_000 })
      await limiter.close()
    })

    it('gives all points back when the window ends', async () => {
      const clock = scriptedClock(9_000_999)
      const limiter = open(clock)
      expect(await limiter.consume('a', 10, LIMIT)).toMatchObject({ allowed: true, resetMs: 1 })
      clock.set(9_001_000)
      expect(await limiter.consume('a', 10, LIMIT)).toEqual({ allowed: true, remaining: 0, resetMs: 1000 })
      await limiter.close()
    })

    it('counts keys and window lengths apart', async () => {
      const limiter = open(scriptedClock())
      await limiter.consume('a', 10, LIMIT)
      expect(await limiter.consume('b', 10, LIMIT)).toMatchObject({ allowed: true })
      expect(await limiter.consume('a', 10, { points: 10, windowMs: 60_000 })).toMatchObject({ allowed: true })
      await limiter.close()
    })

    it('gives no points back to a clock that is set back', async () => {
      const clock = scriptedClock(9_000_500)
      const limiter = open(clock)
      await limiter.consume('a', 10, LIMIT)
      clock.set(8_999_900)
      expect(await limiter.consume('a', 1, LIMIT)).toMatchObject({ allowed: false })
      await limiter.close()
    })

    it('lets many at once take the limit and no more', async () => {
      const limiter = open(scriptedClock())
      const answers = await Promise.all(Array.from({ length: 50 }, () => limiter.consume('a', 3, LIMIT)))
      expect(answers.filter(({ allowed }) => allowed)).toHaveLength(3)
      await limiter.close()
    })

    it('never allows more than the limit in a window', async () => {
      const takes = fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat(12), fc.nat(700)), { maxLength: 60 })
      await fc.assert(
        fc.asyncProperty(takes, async (steps) => {
          const clock = scriptedClock()
          const limiter = open(clock)
          const taken = new Map<string, number>()
          for (const [key, points, pass] of steps) {
            clock.set(clock.now() + pass)
            const window = `${key} ${Math.floor(clock.now() / LIMIT.windowMs)}`
            const before = taken.get(window) ?? 0
            const { allowed, remaining } = await limiter.consume(key, points, LIMIT)
            expect(allowed).toBe(before + points <= LIMIT.points)
            if (allowed) taken.set(window, before + points)
            expect(remaining).toBe(LIMIT.points - (taken.get(window) ?? 0))
          }
          await limiter.close()
        }),
      )
    })
  })
}
