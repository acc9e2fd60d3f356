import { expect, test } from 'vitest'
import { jsonl } from './jsonl.js'

test('native names are taken as they are', () => {
  const line = JSON.stringify({
    timestamp: '2026-01-02T03:04:05.678901Z',
    service: 'api',
    level: 'error',
    message: 'no',
    traceId: 't',
    spanId: 's',
    attributes: { a: 1 },
    b: { c: 2 },
  })
  expect(jsonl.read(line, [])).toEqual({
    at: { ms: Date.UTC(2026, 0, 2, 3, 4, 5, 678), ns: 901_000 },
    service: 'api',
    level: 'error',
    message: 'no',
    traceId: 't',
    spanId: 's',
    attributes: { a: 1, b: { c: 2 } },
  })
})

test('pino’s names and levels are known', () => {
  expect(jsonl.read('{"level":50,"time":1767323045678,"msg":"no","pid":7}', [])).toEqual({
    at: { ms: 1_767_323_045_678, ns: 0 },
    service: null,
    level: 'error',
    message: 'no',
    attributes: { pid: 7 },
  })
})

test.each(['no json', '[]', '{"msg":"no time"}', '{"time":"never","msg":"x"}', '{"time":1767323045678}'])(
  '%s cannot be read',
  (line) => expect(jsonl.read(line, [])).toBeNull(),
)
