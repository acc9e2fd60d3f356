import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aMonitor } from '../test/builders/monitor.js'
import { isDue, range, sliceWork, streamsOf } from './plan.js'

describe('isDue', () => {
  it('is due exactly once an interval, and not all monitors at once', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 1, max: 30 }), (id, slices) => {
        const monitor = aMonitor({ id, everyMs: slices * 10_000 })
        const due = range(1_000, 1_000 + slices).filter((slice) => isDue(monitor, slice * 10_000))
        expect(due).toHaveLength(1)
      }),
    )
    const minutely = range(0, 60).map((i) => aMonitor({ id: `mon_${i}`, everyMs: 60_000 }))
    expect(minutely.filter((monitor) => isDue(monitor, 0)).length).toBeLessThan(30)
  })
})

describe('sliceWork', () => {
  it('computes each slice of the window once, and keeps coverage one stretch', () => {
    const bound = fc.nat(60)
    fc.assert(
      fc.property(bound, bound, bound, bound, (a, b, c, d) => {
        const covered = { from: Math.min(a, b), until: Math.max(a, b), snapshot: { upTo: 0n, except: [] } }
        const [from, until] = [Math.min(c, d), Math.max(c, d)]
        const work = sliceWork(covered, from, until)
        const has = new Set(work.keepsCovered ? range(covered.from, covered.until) : [])
        for (const slice of work.fresh) {
          expect(has.has(slice)).toBe(false)
          has.add(slice)
        }
        expect([...has].sort((x, y) => x - y)).toEqual(range(work.from, work.until))
        for (const slice of range(from, until)) expect(has.has(slice)).toBe(true)
      }),
    )
  })
})

describe('streamsOf', () => {
  it('puts monitors that wait for the same signals together', () => {
    const metric = { threshold: { measure: { metric: { promql: 'up' } }, comparison: 'LT', critical: 1 } }
    const streams = streamsOf([aMonitor({ id: 'a' }), aMonitor({ id: 'b', ruleInput: metric }), aMonitor({ id: 'c' })])
    expect([...streams].map(([stream, members]) => [stream, members.map(({ id }) => id)])).toEqual([
      ['logs', ['a', 'c']],
      ['metrics', ['b']],
    ])
  })
})
