import { expect, test } from 'vitest'
import { errorFingerprint } from './error-fingerprint.js'
import { InvalidBatchError } from './issues.js'
import { readNativeMetrics } from './native-metrics.js'
import { readNativeRum } from './native-rum.js'
import { takeNativeMetric } from './native-samples.js'
import { readNativeSpans } from './native-spans.js'

const NOW = Date.UTC(2026, 10, 21)
const BOUNDS = { from: NOW - 1_000_000, until: NOW + 1_000_000 }
const TRACE = '5b8efff798038103d269b633813fc60c'

const span = (more: object) => ({
  traceId: TRACE,
  spanId: 'eee19b7ec3c1b174',
  name: 'x',
  start: NOW,
  end: NOW,
  ...more,
})
const spans = (more: object) => readNativeSpans({ spans: [span({}), span(more)] }, BOUNDS)
const rum = (event: object) => readNativeRum({ events: [event] }, BOUNDS)
const metric = (more: object) =>
  readNativeMetrics({ metrics: [{ name: 'h', kind: 'histogram', count: 2, ...more }] }, BOUNDS)

test.each<[string, string, () => unknown]>([
  ['a trace id of another length', 'spans[1].traceId', () => spans({ traceId: 'abc' })],
  ['a trace id of zeros', 'spans[1].traceId', () => spans({ traceId: '0'.repeat(32) })],
  ['no name', 'spans[1].name', () => spans({ name: null })],
  ['an unknown kind', 'spans[1].kind', () => spans({ kind: 'proxy' })],
  ['a start out of bounds', 'spans[1].start', () => spans({ start: 1 })],
  ['a start of 2^64', 'spans[1].start', () => spans({ start: '18446744073709551616' })],
  ['an end before the start', 'spans[1].end', () => spans({ end: NOW - 1 })],
  ['no end', 'spans[1].end', () => spans({ end: null })],
  ['both ends', 'spans[1].durationNs', () => spans({ durationNs: 1 })],
  ['a negative duration', 'spans[1].durationNs', () => spans({ end: null, durationNs: -1 })],
  ['an event without a name', 'spans[1].events[0].name', () => spans({ events: [{ timestamp: NOW }] })],
  ['a link to nowhere', 'spans[1].links[0].spanId', () => spans({ links: [{ traceId: TRACE, spanId: 'x' }] })],
  ['a misspelt field', 'spans[1].scope.nam', () => spans({ scope: { nam: 'x' } })],
  ['too deep attributes', 'spans[1].attributes.a.a.a.a.a.a.a.a', () => spans({ attributes: deep(12) })],
  ['an unknown type of event', 'events[0].type', () => rum({ type: 'click' })],
  ['an unknown vital', 'events[0].name', () => rum({ type: 'vital', name: 'TTI', value: 1 })],
  ['a vital without value', 'events[0].value', () => rum({ type: 'vital', name: 'INP' })],
  ['a value that is no number', 'events[0].value', () => rum({ type: 'vital', name: 'INP', value: '1' })],
  ['an unknown rating', 'events[0].rating', () => rum({ type: 'vital', name: 'INP', value: 1, rating: 'bad' })],
  ['an error without message', 'events[0].error.message', () => rum({ type: 'error', error: {} })],
  ['a view of nothing', 'events[0].page', () => rum({ type: 'view' })],
  ['a nameless custom event', 'events[0].name', () => rum({ type: 'custom' })],
  ['a country of three letters', 'events[0].country', () => rum({ type: 'view', page: '/', country: 'DEU' })],
  ['a histogram with a value', 'metrics[0].value', () => metric({ value: 1 })],
  ['a histogram without count', 'metrics[0].count', () => metric({ count: null })],
  [
    'falling bounds',
    'metrics[0].buckets[1].le',
    () =>
      metric({
        buckets: [
          { le: 2, count: 1 },
          { le: 1, count: 1 },
        ],
      }),
  ],
  [
    'falling counts',
    'metrics[0].buckets[1].count',
    () =>
      metric({
        buckets: [
          { le: 1, count: 2 },
          { le: 2, count: 1 },
        ],
      }),
  ],
  ['more in a bucket than in all', 'metrics[0].buckets[0].count', () => metric({ buckets: [{ le: 1, count: 3 }] })],
  [
    'a quantile past 1',
    'metrics[0].quantiles[0].quantile',
    () => metric({ kind: 'summary', quantiles: [{ quantile: 2, value: 1 }] }),
  ],
])('%s is told with its place', (_name, path, read) => {
  expect(read).toThrow(InvalidBatchError)
  expect(read).toThrow(expect.objectContaining({ issues: expect.arrayContaining([expect.objectContaining({ path })]) }))
})

function deep(levels: number): object {
  return levels === 0 ? {} : { a: deep(levels - 1) }
}

test('FID is taken, and never needed', () => {
  expect(rum({ type: 'vital', name: 'FID', value: 12 }).items).toHaveLength(1)
})

test('histograms and summaries become the series that Prometheus has of them', () => {
  const taken: unknown[] = []
  const { items } = readNativeMetrics(
    {
      metrics: [
        {
          name: 'h',
          kind: 'histogram',
          buckets: [
            { le: 0.5, count: 1 },
            { le: 1, count: 3 },
          ],
          sum: 2.5,
          count: 4,
          service: 'a',
        },
        { name: 's', kind: 'summary', quantiles: [{ quantile: 0.99, value: 'NaN' }], count: 0 },
      ],
    },
    null,
  )
  for (const item of items)
    takeNativeMetric(item, (name, kind, labels, _ms, value) => taken.push([name, kind, labels, value]))
  expect(taken).toEqual([
    ['h_bucket', 'counter', { service: 'a', le: '0.5' }, 1],
    ['h_bucket', 'counter', { service: 'a', le: '1' }, 3],
    ['h_bucket', 'counter', { service: 'a', le: '+Inf' }, 4],
    ['h_sum', 'counter', { service: 'a' }, 2.5],
    ['h_count', 'counter', { service: 'a' }, 4],
    ['s', 'gauge', { quantile: '0.99' }, Number.NaN],
    ['s_count', 'counter', {}, 0],
  ])
})

test('an error keeps its fingerprint over builds, lines and numbers', () => {
  const chrome = (line: number, host: string) =>
    `TypeError: x\n    at pay (https://${host}/app.js?v=${line}:${line}:7)\n    at https://${host}/app.js:${line}:9`
  const of = errorFingerprint('TypeError', 'order 12 failed', chrome(1, 'a.example'))
  expect(errorFingerprint('TypeError', 'order 977 failed', chrome(55, 'b.example'))).toBe(of)
  expect(errorFingerprint('TypeError', 'order 12 failed', chrome(1, 'a.example').replace('pay', 'ship'))).not.toBe(of)
  expect(errorFingerprint('RangeError', 'order 12 failed', chrome(1, 'a.example'))).not.toBe(of)
})
