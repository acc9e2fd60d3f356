import { expect, test } from 'vitest'
import { InvalidBatchError } from '../parse/issues.js'
import { readOtlpLogs } from './read-logs.js'
import { readOtlpSpans } from './read-spans.js'

const NOW = 1_795_231_369_462
const BOUNDS = { from: NOW - 1_000, until: NOW + 1_000 }
const AT = `${NOW}000001`

function read(record: object) {
  return readOtlpLogs({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] }, BOUNDS)[0]
}

test.each<[string, object, object]>([
  ['the first severity of a level', { severityNumber: 1 }, { level: 'trace' }],
  ['the last', { severityNumber: 24 }, { level: 'fatal' }],
  ['a severity by name', { severityNumber: 'SEVERITY_NUMBER_WARN2' }, { level: 'warn' }],
  ['a text where there is no number', { severityText: 'Critical' }, { level: 'Critical' }],
  [
    'a text beside the number',
    { severityNumber: 9, severityText: 'odd' },
    { level: 'info', attributes: { 'severity.text': 'odd' } },
  ],
  ['the same word beside it', { severityNumber: 17, severityText: 'ERR' }, { level: 'error', attributes: {} }],
  ['the time of the event', { timeUnixNano: AT }, { timestamp: AT }],
  ["the observer's time", { timeUnixNano: '0', observedTimeUnixNano: AT }, { timestamp: AT }],
  ['no time', {}, { timestamp: null }],
  ['an id of zeros', { traceId: '0'.repeat(32) }, { traceId: '' }],
  ['a body that is no text', { body: { arrayValue: { values: [{ intValue: 1 }, {}] } } }, { message: '[1,null]' }],
  ['no body', {}, { message: '' }],
  ['an unknown field', { other: [1] }, { message: '' }],
  ['an event', { eventName: 'click' }, { attributes: { 'event.name': 'click' } }],
  ['a large integer', { body: { intValue: '9223372036854775807' } }, { message: '9223372036854775807' }],
  ['bytes', { body: { bytesValue: 'AQI=' } }, { message: 'AQI=' }],
])('%s is read', (_name, record, expected) => {
  expect(read(record)).toMatchObject(expected)
})

const deep = (levels: number): object =>
  levels === 0 ? { intValue: 1 } : { arrayValue: { values: [deep(levels - 1)] } }

test.each<[string, object]>([
  ['a time of 2^64', { timeUnixNano: '18446744073709551616' }],
  ['a time out of bounds', { timeUnixNano: '1000' }],
  ['an id of another length', { traceId: 'abc' }],
  ['attributes that are no list', { attributes: { a: 1 } }],
  ['a severity by an unknown name', { severityNumber: 'LOUD' }],
  ['a value that is not what it says', { body: { intValue: 'x' } }],
  ['a value of 20 levels', { body: deep(20) }],
  ['a million attributes', { attributes: Array(1_000_000).fill({ key: 'a', value: { intValue: 1 } }) }],
])('%s is refused with its place', (_name, record) => {
  expect(() => read(record)).toThrow(InvalidBatchError)
  expect(() => read(record)).toThrow(/resourceLogs\[0\]\.scopeLogs\[0\]\.logRecords\[0\]/)
})

test('a resource that would be repeated into gigabytes is refused', () => {
  const resource = { attributes: [{ key: 'a', value: { stringValue: 'x'.repeat(1_000_000) } }] }
  const request = { resourceLogs: [{ resource, scopeLogs: [{ logRecords: Array(1_000).fill({}) }] }] }
  expect(() => readOtlpLogs(request, BOUNDS)).toThrow(/smaller batches/)
})

test('a span keeps what it has, and one without ids or start is refused', () => {
  const span = {
    traceId: '5B8EFFF798038103D269B633813FC60C',
    spanId: 'EEE19B7EC3C1B174',
    name: 'x',
    kind: 'SPAN_KIND_SERVER',
    startTimeUnixNano: `${NOW}000000`,
    endTimeUnixNano: `${NOW}000250`,
    status: { code: 'STATUS_CODE_ERROR', message: 'no' },
  }
  const of = (one: object) => readOtlpSpans({ resourceSpans: [{ scopeSpans: [{ spans: [one] }] }] }, BOUNDS)
  expect(of(span)).toMatchObject([
    {
      traceId: '5b8efff798038103d269b633813fc60c',
      durationNs: 250,
      kind: 'server',
      status: 'error',
      statusMessage: 'no',
    },
  ])
  for (const missing of ['traceId', 'spanId', 'startTimeUnixNano'])
    expect(() => of({ ...span, [missing]: undefined })).toThrow(missing)
})
