import { expect, test } from 'vitest'
import { acceptedTimes } from '../parse/limits.js'
import type { NativeLog } from '../parse/native-logs.js'
import { LONGEST_OPENED, openLine } from './open-line.js'

const NOW = Date.UTC(2026, 10, 21, 3, 20, 15)
const opened = (message: unknown, log: Partial<NativeLog> = {}) =>
  openLine({ message: typeof message === 'string' ? message : JSON.stringify(message), ...log }, acceptedTimes(NOW))

test('a line of JSON becomes attributes, and the log takes from it what it lacks', () => {
  const line = {
    level: 'WARN',
    time: '2026-11-21T03:20:14.5Z',
    trace_id: 'abc',
    spanId: 'def',
    msg: 'hi',
    a: { b: [1, { c: 2 }], d: null },
  }
  expect(opened(line)).toEqual({
    message: JSON.stringify(line),
    level: 'warn',
    timestamp: '2026-11-21T03:20:14.5Z',
    traceId: 'abc',
    spanId: 'def',
    attributes: { msg: 'hi', 'a.b': [1, { c: 2 }] },
  })
})

test('what the log says itself stands, and its own attributes go before those of the line', () => {
  const log = { level: 'error', timestamp: NOW, traceId: 't', spanId: 's', attributes: { n: 1 } }
  expect(opened({ level: 'info', time: NOW - 1, n: 2 }, log)).toMatchObject({
    ...log,
    attributes: { n: 1, level: 'info', time: NOW - 1 },
  })
})

test('what a resource says is not said again', () => {
  expect(opened({ 'resource.host': 'b', x: 1 }, { shared: { 'resource.host': 'a' } })?.attributes).toEqual({ x: 1 })
})

test('times out of bounds, unknown levels and odd ids stay attributes', () => {
  const line = { time: '1999-01-01T00:00:00Z', level: 'loud', trace_id: 'with space' }
  expect(opened(line)).toMatchObject({ timestamp: null, level: null, traceId: null, attributes: line })
})

test.each([
  [10, 'trace'],
  [50, 'error'],
])('pino numbers %i as %s', (number, level) => {
  expect(opened({ level: number, msg: 'x' })?.level).toBe(level)
})

test('logfmt is opened too', () => {
  expect(opened('level=error ts=1795231214 msg="no route" code=7')).toMatchObject({
    level: 'error',
    timestamp: 1_795_231_214,
    attributes: { msg: 'no route', code: 7 },
  })
})

test.each(['plain prose', '{"cut": "off', '{broken}', '[1,2]', '"text"', '', '{'.repeat(5_000) + '}'.repeat(5_000)])(
  '%.20s is not opened',
  (line) => {
    expect(opened(line)).toBeNull()
  },
)

test('bounds hold: number, depth, names and length', () => {
  const many = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`f${i}`, i]))
  expect(Object.keys(opened(many, { attributes: { own: 1 } })?.attributes ?? {})).toHaveLength(256)
  const deep = `{"a":${'['.repeat(2_000)}${']'.repeat(2_000)},"b":${'{"x":'.repeat(1_000)}1${'}'.repeat(1_000)},"c":1e999,"":1,"d":2}`
  expect(opened(deep)?.attributes).toEqual({ d: 2 })
  expect(opened({ text: 'x'.repeat(LONGEST_OPENED) })).toBeNull()
})
