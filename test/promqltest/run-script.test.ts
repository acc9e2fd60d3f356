import { expect, it } from 'vitest'
import { runScript } from './run-script.js'
import { readSeries } from './series-notation.js'

it('counts what passes, what fails and what it cannot judge', async () => {
  const report = await runScript(`
# A counter and a native histogram.
load 1m
  c_total{x="a"} 0+5x4 _ stale
  h {{sum:1 count:1}}x3

eval instant at 1m nothing

eval instant at 4m c_total
  c_total{x="a"} 20

eval instant at 4m c_total
  c_total{x="a"} 21

eval instant at 4m c_total
  c_total{x="b"} 20

eval range from 0 to 2m step 1m rate(c_total[2m])
  {x="a"} _ _ 9

eval instant at 1m c_total + on () c_total{x="b"}
  expect fail

eval instant at 1m sum(
  expect fail msg: expected an expression

eval instant at 1m quantile(2, c_total)
  expect warn regex: between 0 and 1
  {} Inf

eval instant at 1m quantile(2, c_total)
  expect no_warn
  {} Inf

eval instant at 1m h

clear
eval instant at 1m c_total

eval instant at 1m 3 * 2
  6

eval instant at 1m "six"
  expect string "six"
`)
  expect(report.failures.map((failure) => failure.slice(0, failure.indexOf(': ')))).toEqual([
    'line 12',
    'line 15',
    'line 18',
    'line 21',
    'line 31',
  ])
  expect(report).toMatchObject({ passed: 7, skipped: 1 })
})

it('reads the notation of series', () => {
  const nothing = 'none'
  expect(readSeries('m{a="{b} c"} 1 2+3x2 _ _x2 stale -1-1x1 Inf 4x1')).toEqual({
    labels: { __name__: 'm', a: '{b} c' },
    samples: [1, 2, 5, 8, nothing, nothing, nothing, 'stale', -1, -2, Number.POSITIVE_INFINITY, 4, 4],
  })
  expect(readSeries('{} {{sum:1 count:2}}+{{sum:1}}x2')).toEqual({ labels: {}, samples: Array(3).fill('histogram') })
  expect(() => readSeries('m 1 two')).toThrow('no samples: ')
})
