import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catchUp, horizonsOf } from './catch-up.js'

const HOUR = 3_600_000

describe('catchUp', () => {
  it.each([
    ['begins with the last complete grid time', null, 105_000, { ticks: [100_000], restarted: false }],
    ['has nothing to do before the next grid time', 100_000, 109_999, { ticks: [], restarted: false }],
    ['judges a grid time as soon as the horizon reaches it', 100_000, 110_000, { ticks: [110_000], restarted: false }],
    ['replays what was missed, in order', 100_000, 135_000, { ticks: [110_000, 120_000, 130_000], restarted: false }],
    ['does not go back when the horizon does', 100_000, 50_000, { ticks: [], restarted: false }],
  ])('%s', (_, cursor, horizon, expected) => {
    expect(catchUp(cursor, horizon, HOUR, 60)).toEqual(expected)
  })

  it('leaves out what is past the replay bound, and says so', () => {
    const { ticks, restarted } = catchUp(0, 10 * HOUR, HOUR, 1_000)
    expect(restarted).toBe(true)
    expect(ticks).toHaveLength(360)
    expect(ticks[0]).toBe(9 * HOUR + 10_000)
    expect(ticks.at(-1)).toBe(10 * HOUR)
  })

  it('covers every grid time once, however the horizon moves', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(600_000), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 60 }),
        (moves, limit) => {
          let cursor: number | null = null
          const judged: number[] = []
          let horizon = 0
          for (const move of moves) {
            horizon = Math.max(horizon, move)
            const { ticks } = catchUp(cursor, horizon, HOUR, limit)
            judged.push(...ticks)
            cursor = ticks.at(-1) ?? cursor
          }
          for (const [i, tick] of judged.entries()) if (i > 0) expect(tick - (judged[i - 1] ?? 0)).toBe(10_000)
        },
      ),
    )
  })
})

describe('horizonsOf', () => {
  const reading = { now: 100_000, oldest: [{ orgId: 'a', signal: 'logs' as const, acceptedAt: 60_000 }] }

  it('stays behind the oldest batch that is not stored, for its org and signal alone', () => {
    expect(horizonsOf(reading, 'a', ['logs', 'metrics'], 3_000)).toEqual({ logs: 57_000, metrics: 97_000 })
    expect(horizonsOf(reading, 'b', ['logs'], 3_000)).toEqual({ logs: 97_000 })
  })
})
