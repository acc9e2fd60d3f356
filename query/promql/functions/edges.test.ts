import { describe, expect, it } from 'vitest'
import { instantOf, rangeOf, written } from '../../../test/promqltest/written.js'

// A sample a minute; the reset lies between 3m and 4m.
const source = written('1m', 'c_total 0 10 20 30 6 16', 'late_total _ _ _ _ 5 9')

describe('an anchored window', () => {
  it.each([
    ['begins with the last sample before it', 'increase(c_total[2m] anchored)', '3m30s', 20],
    ['begins with its first sample when there is none before', 'increase(late_total[5m] anchored)', '5m', 4],
    ['counts a reset', 'increase(c_total[3m] anchored)', '5m', 26],
    ['gives a rate over its whole length', 'rate(c_total[2m] anchored)', '3m30s', 20 / 120],
    ['of a gauge goes down', 'delta(c_total[2m] anchored)', '4m', -14],
    ['sees the change from the sample before', 'changes(c_total[1m] anchored)', '2m', 1],
    ['sees the reset from the sample before', 'resets(c_total[1m] anchored)', '4m', 1],
  ])('%s', async (_, query, at, expected) => {
    expect(Object.values(await instantOf(source, query, at))).toEqual([expect.closeTo(expected, 9)])
  })

  it('without a sample of its own says nothing', async () => {
    expect(await instantOf(source, 'increase(c_total[30s] anchored)', '8m')).toEqual({})
    expect(await instantOf(source, 'changes(c_total[30s] anchored)', '1m45s')).toEqual({})
    expect(await instantOf(source, 'resets(c_total[30s] anchored)', '1m45s')).toEqual({})
  })
})

describe('a smoothed window', () => {
  it.each([
    ['ends between the samples around its edges', 'increase(c_total[1m] smoothed)', '1m30s', 10],
    ['has a counter fall to zero at once', 'increase(c_total[1m] smoothed)', '3m30s', 5 + 3],
    ['has a counter fall to zero at either edge', 'increase(c_total[30s] smoothed)', '3m45s', 6 / 2],
    ['between two samples lies on one line', 'increase(c_total[20s] smoothed)', '1m50s', 10 / 3],
    ['of a gauge draws a straight line', 'delta(c_total[30s] smoothed)', '3m30s', -12],
  ])('%s', async (_, query, at, expected) => {
    expect(Object.values(await instantOf(source, query, at))).toEqual([expect.closeTo(expected, 9)])
  })
})

it('a smoothed window before the first sample says nothing', async () => {
  expect(await instantOf(source, 'increase(late_total[1m] smoothed)', '3m')).toEqual({})
})

it('a smoothed selector lies on the line between samples', async () => {
  const sparse = written('1m', 'm 0 10 _ 30 stale')
  expect(await rangeOf(sparse, 'm smoothed', ['0', '4m', '30s'])).toEqual({ m: '0 5 10 15 20 25 30 30 _' })
})
