import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createRounds } from './rounds.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('rounds', () => {
  it('run at the start, on the timer and when woken, and no more once stopped', async () => {
    let ran = 0
    const rounds = createRounds('r', 1_000, async () => void ran++, vi.fn())
    rounds.wake()
    expect(ran).toBe(0)
    rounds.start()
    await vi.advanceTimersByTimeAsync(0)
    expect(ran).toBe(1)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(ran).toBe(3)
    rounds.wake()
    await rounds.stop()
    expect(ran).toBe(4)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(ran).toBe(4)
  })

  it('never overlap: what is woken meanwhile makes one more', async () => {
    const ends: (() => void)[] = []
    const rounds = createRounds('r', 60_000, () => new Promise<void>((resolve) => ends.push(resolve)), vi.fn())
    rounds.start()
    rounds.wake()
    rounds.wake()
    expect(ends).toHaveLength(1)
    ends[0]?.()
    await vi.advanceTimersByTimeAsync(0)
    expect(ends).toHaveLength(2)
    ends[1]?.()
    await rounds.stop()
    expect(ends).toHaveLength(2)
  })

  it('go on after one that throws', async () => {
    const failed = vi.fn()
    let ran = 0
    const rounds = createRounds('relay', 1_000, async () => Promise.reject(new Error(`round ${++ran}`)), failed)
    rounds.start()
    await vi.advanceTimersByTimeAsync(1_000)
    await rounds.stop()
    expect(ran).toBe(2)
    expect(failed).toHaveBeenCalledTimes(2)
    expect(failed).toHaveBeenCalledWith(expect.objectContaining({ message: 'round 1' }), 'relay')
  })
})
