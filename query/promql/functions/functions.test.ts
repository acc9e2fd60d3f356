import { describe, expect, it } from 'vitest'
import { instantOf, written } from '../../../test/promqltest/written.js'
import { evaluateInstant, evaluateRange } from '../index.js'
import { SIGNATURES, UNSUPPORTED } from '../signatures.js'
import { FUNCTIONS } from './index.js'

it('every signature has an implementation and every implementation a signature', () => {
  expect([...FUNCTIONS.keys()].sort()).toEqual([...SIGNATURES.keys()].sort())
  expect([...UNSUPPORTED.keys()].filter((name) => FUNCTIONS.has(name))).toEqual([])
})

describe('over a window', () => {
  const source = written('1m', 'c_total 10 20 5 15 40', 'g 2 8 8 NaN 3', 'line 0+6x4', 'once 1')
  it.each([
    // 40 − 10 and the 20 lost at the reset; the samples fill the window.
    ['increase(c_total[4m1ms])', 50.0002],
    // 40 − 20 + 20 over three minutes, carried back to the start of the fourth.
    ['rate(c_total[4m])', (40 * (4 / 3)) / 240],
    ['irate(c_total[4m])', 25 / 60],
    ['idelta(c_total[4m])', 25],
    ['delta(line[4m])', 24],
    ['deriv(line[4m])', 0.1],
    ['predict_linear(line[4m], 60)', 30],
    ['resets(c_total[9m])', 1],
    ['changes(g[9m])', 3],
    ['sum_over_time(line[9m])', 60],
    ['avg_over_time(line[9m])', 12],
    ['min_over_time(g[9m])', 2],
    ['max_over_time(g[9m])', 8],
    ['first_over_time(g[9m])', 2],
    ['last_over_time(g[9m])', 3],
    ['ts_of_max_over_time(line[9m])', 240],
    ['ts_of_first_over_time(line[9m])', 0],
    ['stdvar_over_time(line[9m])', 72],
    ['mad_over_time(line[9m])', 6],
    ['mad_over_time(g[9m])', Number.NaN],
    ['quantile_over_time(0.25, line[9m])', 6],
    ['present_over_time(g[9m])', 1],
    ['double_exponential_smoothing(line[9m], 0.5, 0.5)', 24],
  ])('%s', async (query, expected) => {
    const [found] = Object.values(await instantOf(source, query, '4m'))
    expect(found).toEqual(Number.isNaN(expected) ? expected : expect.closeTo(expected, 3))
  })

  it.each(['rate', 'increase', 'delta', 'irate', 'idelta', 'deriv'])('%s says nothing of one sample', async (name) => {
    expect(await instantOf(source, `${name}(once[9m])`, '4m')).toEqual({})
  })

  it('notes a counter function on a name no counter has', async () => {
    const info =
      'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "g" (1:6)'
    expect(await evaluateInstant('rate(g[5m])', { source, at: 240_000 })).toMatchObject({ infos: [info], warnings: [] })
    expect(await evaluateInstant('rate(c_total[5m])', { source, at: 240_000 })).toMatchObject({ infos: [] })
    const anchored =
      'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "line" (1:10)'
    const both = await evaluateInstant('increase(line[5m] anchored) + rate(c_total[5m])', { source, at: 240_000 })
    expect(both.infos).toEqual([anchored])
  })

  it('warns of a quantile that is none only where there are samples', async () => {
    const warning = 'PromQL warning: quantile value should be between 0 and 1, got 2 (1:20)'
    const ask = (name: string) => evaluateInstant(`quantile_over_time(2, ${name}[5m])`, { source, at: 240_000 })
    expect((await ask('g')).warnings).toEqual([warning])
    expect((await ask('nothing')).warnings).toEqual([])
  })

  it('says the same thing once, with its last place', async () => {
    const { infos } = await evaluateInstant('rate(g[5m]) + rate(g[4m])', { source, at: 240_000 })
    expect(infos).toEqual([expect.stringMatching(/"g" \(1:20\)$/)])
  })
})

describe('of values', () => {
  const source = written('1m', 'v{x="1"} -2.5', 'v{x="2"} 7.25', 'date 1456790399')
  it.each([
    ['abs(v)', [2.5, 7.25]],
    ['ceil(v)', [-2, 8]],
    ['floor(v)', [-3, 7]],
    ['round(v)', [-2, 7]],
    ['round(v, 0.5)', [-2.5, 7.5]],
    ['sgn(v)', [-1, 1]],
    ['clamp(v, 0, 5)', [0, 5]],
    ['clamp_min(v, 1)', [1, 7.25]],
    ['clamp_max(v, 1)', [-2.5, 1]],
    ['clamp(v, 5, 0)', []],
    ['clamp_min(v * NaN, Inf)', [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]],
    ['clamp_max(v * NaN, 1)', [Number.NaN, Number.NaN]],
    ['vector(min_of(3, 2))', [2]],
    ['vector(max_of(time(), NaN))', [Number.NaN]],
    ['vector(min_of(NaN, -Inf))', [Number.NEGATIVE_INFINITY]],
    ['vector(MAX_OF(3, min_of(time(), 9)))', [9]],
    ['sqrt(v)', [Number.NaN, Math.sqrt(7.25)]],
    ['deg(rad(v))', [-2.5, 7.25]],
    ['year(date)', [2016]],
    ['month(date)', [2]],
    ['day_of_month(date)', [29]],
    ['days_in_month(date)', [29]],
    ['day_of_year(date)', [60]],
    ['day_of_week(date)', [1]],
    // 10 February of the year 0, which is a leap year.
    ['day_of_year(vector(-62163763200))', [41]],
    ['days_in_month(vector(-62163763200))', [29]],
    ['hour(date)', [23]],
    ['minute(date)', [59]],
    ['minute()', [2]],
    ['timestamp(v)', [0, 0]],
    ['timestamp(v + 0)', [120, 120]],
    ['vector(time())', [120]],
    ['scalar(date) - date', [0]],
    ['vector(scalar(v))', [Number.NaN]],
    ['absent(nothing)', [1]],
    ['absent(v)', []],
    ['absent_over_time(v[1m])', [1]],
  ])('%s', async (query, expected) => {
    const found = Object.values(await instantOf(source, query, '2m'))
    expect(found).toEqual(expected.map((value) => (Number.isNaN(value) ? value : expect.closeTo(value, 9))))
  })

  it('absent takes the labels its matchers fix', async () => {
    expect(await instantOf(source, 'absent(n{a="1", b=~"2", c="3", c="4"})', '0')).toEqual({ '{a=1}': 1 })
  })
})

describe('of labels', () => {
  const source = written('1m', 'm{a="x-1",b="y"} 1', 'm{a="x-22"} 2', 'm{a="x-3"} 3')
  it.each([
    ['label_replace(m{b="y"}, "c", "$1:$n", "a", "(x)-(?P<n>.+)")', { 'm{a=x-1,b=y,c=x:1}': 1 }],
    ['label_replace(m{b="y"}, "a", "", "a", "x.*")', { 'm{b=y}': 1 }],
    ['label_replace(m{b="y"}, "c", "$1", "a", "-(.+)")', { 'm{a=x-1,b=y}': 1 }],
    ['label_replace(rate(m{b="y"}[5m:1m]), "was", "$0", "__name__", ".*")', { '{a=x-1,b=y,was=m}': 0 }],
    ['label_join(m{b="y"}, "c", "/", "b", "none", "a")', { 'm{a=x-1,b=y,c=y//x-1}': 1 }],
  ])('%s', async (query, expected) => {
    expect(await instantOf(source, query, '1m')).toEqual(expected)
  })

  it.each([
    ['sort(m)', [1, 2, 3]],
    ['sort_desc(m)', [3, 2, 1]],
    ['sort_by_label(m, "a")', [1, 3, 2]],
    ['sort_by_label_desc(m, "b", "a")', [1, 2, 3]],
  ])('%s orders', async (query, expected) => {
    expect(Object.values(await instantOf(source, query, '0'))).toEqual(expected)
  })

  it('orders nothing over a range, and says so', async () => {
    const ask = (end: number) => evaluateRange('1 + sort(m)', { source, start: 0, end, step: 1000 })
    const warning =
      'PromQL warning: sort is ineffective for range queries since results are always ordered by labels (1:5)'
    expect((await ask(1000)).warnings).toEqual([warning])
    expect((await ask(0)).warnings).toEqual([])
  })

  it('refuses two series that would become one', async () => {
    await expect(instantOf(source, 'label_replace(m, "a", "z", "a", ".*")', '0')).rejects.toThrow('same labelset')
  })
})

describe('of classic histograms', () => {
  const source = written(
    '1m',
    'h_bucket{le="1",x="a"} 2',
    'h_bucket{le="2",x="a"} 6',
    'h_bucket{le="4",x="a"} 6',
    'h_bucket{le="+Inf",x="a"} 8',
    'h_bucket{le="1",x="open"} 2',
    'h_bucket{le="odd",x="bad"} 2',
  )
  it.each([
    ['histogram_quantile(0.5, h_bucket{x="a"})', { '{x=a}': 1.5 }],
    ['histogram_quantile(0.9, h_bucket{x="a"})', { '{x=a}': 4 }],
    ['histogram_quantile(0.5, h_bucket{x="open"})', { '{x=open}': Number.NaN }],
    ['histogram_quantile(2, h_bucket{x="a"})', { '{x=a}': Number.POSITIVE_INFINITY }],
    ['histogram_fraction(0, 1.5, h_bucket{x="a"})', { '{x=a}': 0.5 }],
    ['histogram_quantiles(h_bucket{x="a"}, "q", 0.5, 0.9)', { '{q=0.5,x=a}': 1.5, '{q=0.9,x=a}': 4 }],
  ])('%s', async (query, expected) => {
    expect(await instantOf(source, query, '0')).toEqual(expected)
  })

  it('warns of a bound that is no number', async () => {
    const warning =
      'PromQL warning: bucket label "le" is missing or has a malformed value of "odd" for metric name "h_bucket" (1:25)'
    const query = 'histogram_quantile(0.5, h_bucket{x="bad"})'
    expect(await evaluateInstant(query, { source, at: 0 })).toMatchObject({ samples: [], warnings: [warning] })
  })
})
