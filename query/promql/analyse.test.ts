import { expect, it } from 'vitest'
import { analysePromql, parsePromql } from './index.js'

const MINUTE = 60_000

it.each([
  ['up', 5, 0],
  ['rate(up[10m])', 10, 0],
  ['rate(up[10m] offset 1h)', 70, 0],
  ['up offset -10m', 0, 10],
  ['max_over_time(rate(up[10m])[1h:1m] offset 5m)', 75, 0],
  ['rate(up[10m]) / up offset 1h', 65, 0],
  ['up @ 100 + rate(up[1m])', 1, 0],
  ['up @ end()', 5, 0],
  ['info(up)', 5, 0],
  ['rate(up[10m] anchored)', 15, 0],
  ['rate(up[10m] smoothed)', 15, 5],
  ['up smoothed offset 1m', 10 + 1, 4],
  ['time()', 0, 0],
])('%s looks back and ahead', (text, back, ahead) => {
  expect(analysePromql(parsePromql(text))).toMatchObject({ lookBackMs: back * MINUTE, lookAheadMs: ahead * MINUTE })
})

it('tells each selector, and which do not move with the instant', () => {
  const { selectors } = analysePromql(parsePromql('a{b=~"c"} + d @ 100'))
  expect(selectors).toEqual([
    {
      matchers: [
        { name: '__name__', op: '=', value: 'a' },
        { name: 'b', op: '=~', value: 'c' },
      ],
      lookBackMs: 5 * MINUTE,
      lookAheadMs: 0,
      fixed: false,
    },
    { matchers: [{ name: '__name__', op: '=', value: 'd' }], lookBackMs: 200_000, lookAheadMs: 100_000, fixed: true },
  ])
})
