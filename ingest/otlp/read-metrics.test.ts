import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InvalidBatchError } from '../parse/issues.js'
import { classicBuckets } from './classic-buckets.js'
import { readOtlpMetrics } from './read-metrics.js'

const NOW = 1_795_231_369_462
const BOUNDS = { from: NOW - 1_000, until: NOW + 1_000 }
const AT = `${NOW}000000`

function read(metric: object, resource: object = {}, scope: object = {}) {
  const taken: unknown[] = []
  const request = { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics: [metric] }] }] }
  readOtlpMetrics(request, BOUNDS, (name, kind, labels, ms, value, stale) => {
    taken.push([name, kind, labels, value, ...(ms === NOW ? [] : [ms]), ...(stale ? ['stale'] : [])])
  })
  return taken.filter((sample) => (sample as string[])[0] !== 'target_info')
}

const sum = (more: object, point: object = { asInt: '5' }) => ({
  name: 'http.requests',
  sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [{ timeUnixNano: AT, ...point }], ...more },
})
const attribute = (key: string, value: object) => ({ key, value })

test.each<[string, object, unknown[]]>([
  ['a gauge', { name: 'g', gauge: { dataPoints: [{ timeUnixNano: AT, asDouble: 1.5 }] } }, [['g', 'gauge', {}, 1.5]]],
  ['a monotonic sum', sum({}), [['http_requests_total', 'counter', {}, 5]]],
  [
    'its name in the enumeration',
    sum({ aggregationTemporality: 'AGGREGATION_TEMPORALITY_CUMULATIVE' }),
    [['http_requests_total', 'counter', {}, 5]],
  ],
  ['a sum that falls too', sum({ isMonotonic: false }), [['http_requests', 'gauge', {}, 5]]],
  ['a delta', sum({ aggregationTemporality: 1 }), [['http_requests_delta', 'gauge', {}, 5]]],
  [
    'a number JSON cannot write',
    sum({}, { asDouble: '-Infinity' }),
    [['http_requests_total', 'counter', {}, -Infinity]],
  ],
  ['a point without value', sum({}, { flags: 1 }), [['http_requests_total', 'counter', {}, Number.NaN, 'stale']]],
  ['a point without time', sum({}, { asInt: 1, timeUnixNano: '0' }), [['http_requests_total', 'counter', {}, 1, null]]],
  ['a name that begins with a digit', { ...sum({}), name: '5xx-rate' }, [['_5xx_rate_total', 'counter', {}, 5]]],
  [
    'labels',
    sum(
      {},
      {
        asInt: 1,
        attributes: [
          attribute('http.method', { stringValue: 'GET' }),
          attribute('http_method', { stringValue: 'PUT' }),
          attribute('code', { intValue: '200' }),
          attribute('empty', { stringValue: '' }),
          attribute('list', { arrayValue: { values: [{ boolValue: true }] } }),
          attribute('__own', { doubleValue: 0.5 }),
        ],
      },
    ),
    [['http_requests_total', 'counter', { http_method: 'GET;PUT', code: '200', list: '[true]', key___own: '0.5' }, 1]],
  ],
  [
    'a histogram',
    {
      name: 'h',
      histogram: {
        aggregationTemporality: 2,
        dataPoints: [
          { timeUnixNano: AT, count: '4', sum: 7.5, bucketCounts: ['1', '2', '1'], explicitBounds: [0.5, 2] },
        ],
      },
    },
    [
      ['h_bucket', 'counter', { le: '0.5' }, 1],
      ['h_bucket', 'counter', { le: '2' }, 3],
      ['h_bucket', 'counter', { le: '+Inf' }, 4],
      ['h_sum', 'counter', {}, 7.5],
      ['h_count', 'counter', {}, 4],
    ],
  ],
  [
    'a summary',
    {
      name: 's',
      summary: {
        dataPoints: [{ timeUnixNano: AT, count: '2', sum: 3, quantileValues: [{ quantile: 0.5, value: 1 }] }],
      },
    },
    [
      ['s', 'gauge', { quantile: '0.5' }, 1],
      ['s_sum', 'counter', {}, 3],
      ['s_count', 'counter', {}, 2],
    ],
  ],
  [
    'an exponential histogram',
    {
      name: 'e',
      exponentialHistogram: {
        aggregationTemporality: 2,
        dataPoints: [
          {
            timeUnixNano: AT,
            count: '3',
            sum: 10,
            scale: 0,
            zeroCount: '1',
            positive: { offset: 1, bucketCounts: ['0', '2'] },
          },
        ],
      },
    },
    [
      ['e_bucket', 'counter', { le: '0' }, 1],
      ['e_bucket', 'counter', { le: '4' }, 1],
      ['e_bucket', 'counter', { le: '8' }, 3],
      ['e_bucket', 'counter', { le: '+Inf' }, 3],
      ['e_sum', 'counter', {}, 10],
      ['e_count', 'counter', {}, 3],
    ],
  ],
])('%s becomes samples', (_name, metric, samples) => {
  expect(read(metric)).toEqual(samples)
})

test('a resource names its target, and target_info tells the rest', () => {
  const taken: unknown[] = []
  const resource = {
    attributes: [
      attribute('service.name', { stringValue: 'api' }),
      attribute('service.namespace', { stringValue: 'shop' }),
      attribute('service.instance.id', { stringValue: 'i-1' }),
      attribute('host.name', { stringValue: 'a' }),
    ],
  }
  const scope = { name: 'lib', version: '1', attributes: [attribute('a.b', { stringValue: 'c' })] }
  const request = { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics: [sum({})] }] }] }
  const count = readOtlpMetrics(request, BOUNDS, (name, _kind, labels, ms) => taken.push([name, labels, ms]))
  const target = { service: 'api', job: 'shop/api', instance: 'i-1' }
  expect(taken).toEqual([
    ['http_requests_total', { ...target, otel_scope_name: 'lib', otel_scope_version: '1', otel_scope_a_b: 'c' }, NOW],
    ['target_info', { ...target, host_name: 'a' }, NOW],
  ])
  expect(count).toBe(2)
})

test.each<[string, object]>([
  ['a time of 2^64', sum({}, { asInt: 1, timeUnixNano: '18446744073709551616' })],
  ['a time out of bounds', sum({}, { asInt: 1, timeUnixNano: '1' })],
  ['a point without number', sum({}, {})],
  ['a nameless metric', { ...sum({}), name: '' }],
  ['a temporality of another name', sum({ aggregationTemporality: 'CUMULATIVE' })],
  [
    'counts that do not fit the bounds',
    { name: 'h', histogram: { dataPoints: [{ bucketCounts: [1], explicitBounds: [1] }] } },
  ],
  ['falling bounds', { name: 'h', histogram: { dataPoints: [{ bucketCounts: [1, 1, 1], explicitBounds: [2, 1] }] } }],
  ['a scale past 20', { name: 'e', exponentialHistogram: { dataPoints: [{ scale: 21 }] } }],
  ['a label with U+0000', sum({}, { asInt: 1, attributes: [attribute('a', { stringValue: '\0' })] })],
])('%s is refused', (_name, metric) => {
  expect(() => read(metric)).toThrow(InvalidBatchError)
})

test('buckets of any exponential histogram rise to all that was counted, and hold what they say', () => {
  const value = fc.double({ min: 1e-6, max: 1e6, noNaN: true })
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 50 }), fc.integer({ min: -3, max: 12 }), (values, scale) => {
      const indexes = values.map((v) => Math.ceil(Math.log2(v) * 2 ** scale) - 1)
      const offset = Math.min(...indexes)
      fc.pre(Math.max(...indexes) - offset < 100_000)
      const counts = Array<number>(Math.max(...indexes) - offset + 1).fill(0)
      for (const index of indexes) counts[index - offset] = (counts[index - offset] ?? 0) + 1
      const none = { offset: 0, counts: [] }
      const buckets = [
        ...classicBuckets({ scale, zeroCount: 2, zeroThreshold: 0, positive: { offset, counts }, negative: none }),
      ]
      expect(buckets.at(-1)?.[1]).toBe(values.length + 2)
      for (const [i, [le, count]] of buckets.entries()) {
        expect(count).toBeGreaterThanOrEqual(buckets[i - 1]?.[1] ?? 0)
        // A value on a bound may fall to either side of it by rounding.
        expect(count - 2).toBeLessThanOrEqual(values.filter((v) => v <= le * (1 + 1e-9)).length)
        expect(count - 2).toBeGreaterThanOrEqual(values.filter((v) => v < le * (1 - 1e-9)).length)
      }
    }),
    { numRuns: 200 },
  )
})

test('negative buckets come first, and fine scales are merged', () => {
  const buckets = classicBuckets({
    scale: 3,
    zeroCount: 0,
    zeroThreshold: 0,
    positive: { offset: 0, counts: [1, 1] },
    negative: { offset: 8, counts: [3] },
  })
  const [a, b] = [2 ** 1.25, 2 ** 0.25]
  expect([...buckets]).toEqual([
    [-a, 0],
    [-2, 3],
    [1, 3],
    [b, 5],
  ])
})
