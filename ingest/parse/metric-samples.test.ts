import { expect, test } from 'vitest'
import { packBody } from '../../schema/ports/packed-body.js'
import type { ParsedBatch } from './batch.js'
import { InvalidBatchError, PoisonBatchError } from './issues.js'
import { toMetricSamples } from './metric-samples.js'
import { readNativeMetrics } from './native-metrics.js'

const ACCEPTED = Date.UTC(2026, 10, 21, 3, 20, 7, 123)

function batch(metrics: readonly unknown[]): ParsedBatch {
  return {
    batchId: 'b',
    orgId: 'org_1',
    protocol: 'native-json',
    acceptedAt: ACCEPTED,
    body: packBody(Buffer.from(JSON.stringify({ metrics }))),
  }
}

test('points become samples', () => {
  const { samples } = toMetricSamples([
    batch([
      { name: 'up', value: 1 },
      {
        name: 'http.requests_total',
        kind: 'counter',
        value: 12.5,
        timestamp: '2026-11-21T03:20:00.9999Z',
        service: 'api',
        labels: { code: '500', empty: '', broken: '\ud800' },
      },
      { name: 'a:b', value: '+Inf', service: 'api', labels: { service: 'own' } },
      { name: 'c', value: '-Inf' },
      { name: 'd', value: 'NaN' },
    ]),
  ])
  const base = { orgId: 'org_1', kind: 'gauge', labels: {}, ts: ACCEPTED }
  expect(samples).toEqual([
    { ...base, name: 'up', value: 1 },
    {
      orgId: 'org_1',
      name: 'http.requests_total',
      kind: 'counter',
      labels: { service: 'api', code: '500', broken: '\ufffd' },
      ts: Date.UTC(2026, 10, 21, 3, 20, 0, 999),
      value: 12.5,
    },
    { ...base, name: 'a:b', value: Infinity, labels: { service: 'own' } },
    { ...base, name: 'c', value: -Infinity },
    { ...base, name: 'd', value: Number.NaN },
  ])
})

test('lines count samples, their bytes and slices', () => {
  const { lines } = toMetricSamples([
    batch([{ name: 'up', value: 1, labels: { a: 'ü' } }]),
    batch([{ name: 'up', value: 1 }]),
  ])
  const slice = Math.floor(ACCEPTED / 10_000)
  const acceptedHour = Date.UTC(2026, 10, 21, 3)
  expect(lines).toEqual([
    { orgId: 'org_1', acceptedHour, slices: [slice], firstSlice: slice, lastSlice: slice, rows: 2, bytes: 18 + 3 + 18 },
  ])
})

const wrong: Record<string, [metric: unknown, path: string]> = {
  'no name': [{ value: 1 }, 'metrics[0].name'],
  'a name that begins with a digit': [{ name: '1a', value: 1 }, 'metrics[0].name'],
  'a name with a dash': [{ name: 'a-b', value: 1 }, 'metrics[0].name'],
  'no value': [{ name: 'a' }, 'metrics[0].value'],
  'a value in a text': [{ name: 'a', value: '1' }, 'metrics[0].value'],
  'a value that JSON cannot have meant': [{ name: 'a', value: Infinity }, 'metrics[0].value'],
  'another kind': [{ name: 'a', value: 1, kind: 'set' }, 'metrics[0].kind'],
  'a reserved label': [{ name: 'a', value: 1, labels: { __name__: 'b' } }, 'metrics[0].labels'],
  'a label with a dash': [{ name: 'a', value: 1, labels: { 'a-b': 'b' } }, 'metrics[0].labels'],
  'a label that is a number': [{ name: 'a', value: 1, labels: { a: 1 } }, 'metrics[0].labels.a'],
  'a label with NUL': [{ name: 'a', value: 1, labels: { a: '\0' } }, 'metrics[0].labels.a'],
  'too many labels': [
    { name: 'a', value: 1, labels: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`l${i}`, 'x'])) },
    'metrics[0].labels',
  ],
  'a misspelt field': [{ name: 'a', value: 1, tags: {} }, 'metrics[0].tags'],
}

test.each(Object.entries(wrong))('%s is told with its place', (_name, [metric, path]) => {
  const read = () => readNativeMetrics({ metrics: [metric] }, null)
  expect(read).toThrow(InvalidBatchError)
  expect(read).toThrow(expect.objectContaining({ issues: [expect.objectContaining({ path })] }))
})

test('a batch that cannot be read is poison by name', () => {
  expect(() => toMetricSamples([batch([{ name: '', value: 1 }])])).toThrow(PoisonBatchError)
})
