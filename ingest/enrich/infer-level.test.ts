import { expect, test } from 'vitest'
import { inferLevel } from './infer-level.js'

test.each([
  ['<11>Nov 21 03:20:15 host app: x', 'error'],
  ['<134>1 2026-11-21T03:20:15Z host app - - x', 'info'],
  ['<0>kernel', 'fatal'],
  ['E0521 10:11:12.123456 1 main.go:7] x', 'error'],
  ['I0521 10:11:12.123456 1 main.go:7] x', 'info'],
  ['[Sun Dec 04 04:47:44 2005] [notice] init ok', 'info'],
  ['[Sun Dec 04 04:47:44 2005] [error] child', 'error'],
  ['2015-07-29 17:41:44,747 - WARN  [main] x', 'warn'],
  ['nova-api.log.1 2017-05-16 00:00:00.008 25746 INFO nova.api x', 'info'],
  ['error: cannot open', 'error'],
  ['Warning - low disk', 'warn'],
  ['level "CRITICAL" reached', 'fatal'],
  ['2026 | DEBUG | x', 'debug'],
])('%s tells %s', (line, level) => {
  expect(inferLevel(line)).toBe(level)
})

test.each([
  '',
  'all is well',
  'the error count is 3',
  'no warning here',
  '<999>x',
  'ERRORS were few',
  `${'x '.repeat(80)}ERROR`,
  'EINFO',
])('%s tells none', (line) => {
  expect(inferLevel(line)).toBeNull()
})
