import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { processorMs } from '../../test/harness/processor-ms.js'
import { instantOf, rangeOf, written } from '../../test/promqltest/written.js'
import { evaluateInstant, evaluateRange, PromqlError, type SampleSeries, type SeriesSource } from './index.js'

describe('an instant selector', () => {
  const source = written('1m', 'up{job="a"} 1 2 stale 4', 'up{job="b"} 7')
  it.each([
    ['takes the newest sample', 'up', '1m', { 'up{job=a}': 2, 'up{job=b}': 7 }],
    ['gives nothing behind a staleness marker', 'up{job="a"}', '2m30s', {}],
    ['looks back less than five minutes', 'up{job="b"}', '4m59s', { 'up{job=b}': 7 }],
    ['finds nothing five minutes after the last sample', 'up{job="b"}', '5m', {}],
    ['looks further back with an offset', 'up{job="b"} offset 1m', '5m59s', { 'up{job=b}': 7 }],
    ['looks ahead with a negative one', 'up{job="a"} offset -3m', '0s', { 'up{job=a}': 4 }],
    ['stays at a time with @', 'up{job="a"} @ 60', '9m', { 'up{job=a}': 2 }],
    ['matches with RE2 syntax', 'up{job=~"(?i)A|c"}', '1m', { 'up{job=a}': 2 }],
    ['matches whole values only', 'up{job=~"a|b", job!~"b.*"}', '1m', { 'up{job=a}': 2 }],
  ])('%s', async (_, query, at, expected) => {
    expect(await instantOf(source, query, at)).toEqual(expected)
  })
})

it('an instant that is none is refused', async () => {
  await expect(evaluateInstant('up', { source: written('1m'), at: Number.NaN })).rejects.toThrow(
    'found NaN ms as a time',
  )
})

describe('a window', () => {
  const source = written('10s', 'c_total 0 10 20 5 15 25')
  it.each([
    ['leaves its start out', 'count_over_time(c_total[20s])', 2],
    ['reaches as far as a duration computes to', 'count_over_time(c_total[2*5s + 11s])', 3],
    ['counts a reset counter on', 'increase(c_total[50s1ms])', 45],
    ['ends at the time of @', 'max_over_time(c_total[20s] @ 20)', 20],
    ['of a subquery lies on multiples of its step', 'count_over_time(c_total[25s:10s])', 3],
    ['of a subquery leaves its start out', 'count_over_time(c_total[20s:10s])', 2],
  ])('%s', async (_, query, expected) => {
    const found = Object.values(await instantOf(source, query, '50s'))
    expect(found).toEqual([expect.closeTo(expected, 6)])
  })
})

describe('a duration', () => {
  const source = written('1ms', 'm 0+1x20')
  it.each([
    ['is cut to whole ms', 'm offset 0.0029', 18],
    ['that is computed too', 'm offset (0.7 * 0.003)', 18],
    ['is exact where it is written', 'm offset 0.009', 11],
  ])('%s', async (_, query, expected) => {
    expect(await instantOf(source, query, '20ms')).toEqual({ m: expected })
  })

  it.each([
    ['m offset (1m / 0)', 'an offset of at most 292 years, found NaN s'],
    ['m offset 300y', 'an offset of at most 292 years'],
    ['sum_over_time(m[1m % 0])', 'a duration above zero and of at most 292 years, found NaN s'],
    ['sum_over_time(m[300y])', 'a duration above zero and of at most 292 years'],
    ['sum_over_time(m[1m:1s - 1s])', 'a duration above zero'],
  ])('%s is refused', async (query, message) => {
    await expect(instantOf(source, query, '0')).rejects.toThrow(message)
  })
})

describe('a range query', () => {
  it('gives each series its own instants', async () => {
    const source = written('1m', 'a{x="1"} 1 _ stale 4', 'a{x="2"} _ 5 6')
    expect(await rangeOf(source, 'a', ['0', '3m', '1m'])).toEqual({ 'a{x=1}': '1 1 _ 4', 'a{x=2}': '_ 5 6 6' })
  })

  it('makes one series of a scalar', async () => {
    expect(await rangeOf(written('1m'), 'time() + 1', ['0', '2m', '1m'])).toEqual({ '{}': '1 61 121' })
  })

  it('joins series that differ in time alone once their names are dropped', async () => {
    const source = written('10m', 'a 1 _', 'b 3 4')
    expect(await rangeOf(source, '-a or -b', ['0', '10m', '10m'])).toEqual({ '{}': '-1 -4' })
  })

  it.each([
    [[0, 10, 0], 'found a step of 0 ms, expected a step above zero'],
    [[0, 10, Number.NaN], 'found a step of NaN ms'],
    [[10, 0, 1], 'found a range that ends before it starts'],
    [[Number.NaN, 0, 1], 'found NaN ms as a time, expected a Unix time in ms'],
    [[0, Number.POSITIVE_INFINITY, 1], 'found Infinity ms as a time'],
    [[0, 1e15, 1], 'found a range of 1000000000000001 steps, expected at most 50000000'],
  ] as const)('refuses %j', async ([start, end, step], message) => {
    const asked = evaluateRange('1', { source: written('1m'), start, end, step })
    await expect(asked).rejects.toThrow(PromqlError)
    await expect(asked).rejects.toThrow(message)
  })

  it('refuses a range of samples as its result', async () => {
    await expect(rangeOf(written('1m'), 'a[5m]', ['0', '1m', '1m'])).rejects.toThrow('found a range vector')
  })

  it('over 1,000 series and an hour takes a fraction of a second', async () => {
    const series = Array.from({ length: 1_000 }, (_, number): SampleSeries => {
      const timestamps = Float64Array.from({ length: 280 }, (_, index) => index * 15_000)
      const labels = { __name__: 'x_total', service: `s${number % 20}`, instance: `i${number}` }
      return { labels, timestamps, values: timestamps.map((time, index) => (index % 90 === 0 ? 0 : time * number)) }
    })
    const source: SeriesSource = { select: async () => series }
    const range = { source, start: 600_000, end: 4_200_000, step: 15_000 }
    const spent = await processorMs(async () =>
      expect((await evaluateRange('sum by (service) (rate(x_total[5m]))', range)).series).toHaveLength(20),
    )
    // 20 to 80 ms on two cores.
    expect(spent).toBeLessThan(1_500)
  })

  it('refuses more values than it may hold', async () => {
    const source = written('1m', 'a 1')
    await expect(rangeOf(source, 'max_over_time(a[1y:1ms])', ['0', '1m', '1m'])).rejects.toThrow(
      'more than 50000000 values',
    )
  })
})

describe('the source', () => {
  it('is asked once for each different need, with all the time it takes', async () => {
    const asked: unknown[] = []
    const source: SeriesSource = {
      select: async (matchers, range) => {
        asked.push([matchers.map(({ value }) => value).join(), range])
        return []
      },
    }
    await evaluateInstant('a / a + rate(a[10m] offset 1m) + max_over_time(b[1h:1m])', { source, at: 10_000_000 })
    expect(asked).toEqual([
      ['a', { start: 9_700_000, end: 10_000_000 }],
      ['a', { start: 9_340_000, end: 9_940_000 }],
      ['b', { start: 6_100_000, end: 10_000_000 }],
    ])
  })

  it('may mark staleness by the bits of a NaN', async () => {
    const values = Float64Array.of(1, Number.NaN, 3)
    new BigUint64Array(values.buffer)[1] = 0x7ff0000000000002n
    const series = { labels: { __name__: 'a' }, timestamps: Float64Array.of(0, 1000, 2000), values }
    const source: SeriesSource = { select: async () => [series] }
    expect(await rangeOf(source, 'a', ['0', '2s', '1s'])).toEqual({ a: '1 _ 3' })
    expect(await instantOf(source, 'count_over_time(a[5m])', '2s')).toEqual({ '{}': 2 })
  })

  it('may hold empty labels, which are none', async () => {
    const series = { labels: { __name__: 'a', b: '' }, timestamps: Float64Array.of(0), values: Float64Array.of(1) }
    expect(await instantOf({ select: async () => [series] }, 'a', '0')).toEqual({ a: 1 })
  })

  it('has its errors passed through', async () => {
    const source: SeriesSource = { select: () => Promise.reject(new Error('away')) }
    await expect(evaluateInstant('a', { source, at: 0 })).rejects.toThrow('away')
  })
})

describe('every query', () => {
  const EXPRESSIONS = [
    'm',
    'rate(m[5m])',
    'increase(m[3m] offset 1m)',
    'sum by (x) (m)',
    'avg_over_time(m[4m:30s])',
    'topk(1, m)',
    'm > 3 or m * 2',
    'm / ignoring (y) group_left sum without (y) (m)',
    'm and on (x) m{y="1"}',
    'quantile(0.4, m)',
    'absent(m{x="0"})',
    'count_values by (x) ("v", m)',
    'max_over_time(m[2m] @ end())',
    'predict_linear(m[5m], 60)',
    'changes(m[5m]) + on (x, y) resets(m[5m])',
    'timestamp(m)',
    'scalar(m{x="0", y="0"}) + m',
  ]
  const column = fc.array(fc.option(fc.double({ min: 0, max: 9, noNaN: true }), { freq: 4 }), {
    minLength: 20,
    maxLength: 20,
  })

  it('gives at each step of a range what it gives at that instant', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...EXPRESSIONS),
        fc.array(column, { minLength: 4, maxLength: 4 }),
        async (query, columns) => {
          const source = gridSource(columns)
          const pinned = query.replace('end()', '600')
          const range = await evaluateRange(pinned, { source, start: 0, end: 900_000, step: 75_000 })
          for (let at = 0; at <= 900_000; at += 75_000) {
            const instant = await evaluateInstant(pinned, { source, at })
            const expected = range.series.flatMap(({ labels, timestamps, values }) => {
              const index = timestamps.indexOf(at)
              return index < 0 ? [] : [{ labels, value: values[index] }]
            })
            const found = instant.kind === 'vector' ? instant.samples : []
            expect(
              new Map(found.map(({ labels, value }) => [JSON.stringify(Object.entries(labels).sort()), value])),
            ).toEqual(
              new Map(expected.map(({ labels, value }) => [JSON.stringify(Object.entries(labels).sort()), value])),
            )
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

/** Four series, one sample a minute, `null` for a missing one. */
function gridSource(columns: readonly (readonly (number | null)[])[]): SeriesSource {
  const series = columns.map((samples, index): SampleSeries => {
    const places = samples.flatMap((sample, place) => (sample === null ? [] : [place]))
    return {
      labels: { __name__: 'm', x: String(index % 2), y: String(Math.floor(index / 2)) },
      timestamps: Float64Array.from(places, (place) => place * 60_000),
      values: Float64Array.from(places, (place) => samples[place] ?? 0),
    }
  })
  return {
    select: async (matchers) =>
      series.filter(({ labels }) => matchers.every(({ name, value }) => labels[name] === value)),
  }
}
