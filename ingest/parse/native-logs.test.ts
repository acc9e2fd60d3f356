import { expect, test } from 'vitest'
import { InvalidBatchError, TooManyItemsError } from './issues.js'
import { acceptedTimes } from './limits.js'
import { readNativeLogs } from './native-logs.js'

const NOW = Date.UTC(2026, 10, 21, 3, 20)

function issuesOf(body: unknown): string[] {
  try {
    readNativeLogs(body, acceptedTimes(NOW))
  } catch (error) {
    if (error instanceof InvalidBatchError) return error.issues.map(({ path, message }) => `${path}: ${message}`)
    throw error
  }
  return []
}

const wrong: Record<string, [log: unknown, issue: string]> = {
  'no object': ['x', 'logs[0]: expected an object, found "x".'],
  'no message': [{}, 'logs[0].message: expected a text, found nothing.'],
  'a long message': [
    { message: 'x'.repeat(262_145) },
    'logs[0].message: expected at most 262144 characters, found 262145.',
  ],
  'a level that is a number': [{ message: 'x', level: 30 }, 'logs[0].level: expected a text, found 30.'],
  'a misspelt field': [
    { message: 'x', trace_id: 'y' },
    'logs[0].trace_id: no field of this name; expected timestamp, service, level, message, traceId, spanId, attributes.',
  ],
  'a time that is none': [
    { message: 'x', timestamp: 'soon' },
    'logs[0].timestamp: "soon" is no time; expected RFC 3339 text or a number since the Unix epoch.',
  ],
  'a time 31 days ago': [
    { message: 'x', timestamp: '2026-10-21T03:20:00Z' },
    'logs[0].timestamp: "2026-10-21T03:20:00Z" is out of bounds; expected 2026-10-22T03:20:00.000Z to 2026-11-22T03:20:00.000Z.',
  ],
  'attributes in an array': [
    { message: 'x', attributes: [] },
    'logs[0].attributes: expected an object, found an array.',
  ],
  'an attribute beyond Float64': [
    { message: 'x', attributes: { a: { b: Infinity } } },
    'logs[0].attributes.a.b: the number is beyond what Float64 holds.',
  ],
  'an empty attribute name': [
    { message: 'x', attributes: { '': 1 } },
    'logs[0].attributes: expected names of 1 to 256 characters, dots included, found an empty one.',
  ],
  'a name too long once it is flat': [
    { message: 'x', attributes: { ['a'.repeat(200)]: { ['b'.repeat(56)]: 1 } } },
    `logs[0].attributes.${'a'.repeat(200)}: expected names of 1 to 256 characters, dots included, found 257.`,
  ],
  'too many attributes': [
    { message: 'x', attributes: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`a${i}`, i])) },
    'logs[0].attributes: expected at most 256 attributes, found 257 or more.',
  ],
  'too deep attributes': [
    { message: 'x', attributes: { a: { b: { c: { d: { e: { f: { g: { h: { i: { j: 1 } } } } } } } } } } },
    'logs[0].attributes.a.b.c.d.e.f.g.h: expected at most 8 levels of objects and arrays.',
  ],
}

test.each(Object.entries(wrong))('%s is told with its place', (_name, [log, issue]) => {
  expect(issuesOf({ logs: [log] })).toEqual([issue])
})

test('what is wrong in several places is told for each, up to 20', () => {
  expect(issuesOf({ logs: [{ message: 'x' }, { message: 1 }, { message: 'x', service: {} }], more: 1 })).toEqual([
    'more: no field of this name; expected logs, sentAt.',
    'logs[1].message: expected a text, found 1.',
    'logs[2].service: expected a text, found an object.',
  ])
  expect(issuesOf({ logs: Array(1_000).fill(null) })).toHaveLength(20)
})

test('1,000 logs are read, one more is too many', () => {
  const logs = Array(1_000).fill({ message: 'x' })
  expect(readNativeLogs({ logs }, null).items).toHaveLength(1_000)
  expect(() => readNativeLogs({ logs: [...logs, { message: 'x' }] }, null)).toThrow(TooManyItemsError)
})

test('sentAt is read as a time', () => {
  expect(readNativeLogs({ logs: [{ message: 'x' }], sentAt: '2026-11-21T03:20:00Z' }, null).sentAt).toBe(NOW)
  expect(readNativeLogs({ logs: [{ message: 'x' }], sentAt: NOW }, null).sentAt).toBe(NOW)
  expect(readNativeLogs({ logs: [{ message: 'x' }] }, null).sentAt).toBeNull()
  expect(issuesOf({ logs: [{ message: 'x' }], sentAt: 'then' })).toHaveLength(1)
})
