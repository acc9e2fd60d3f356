import { expect, test } from 'vitest'
import { storedLevel } from './level.js'

test.each([
  [undefined, 'unknown'],
  [null, 'unknown'],
  ['', 'unknown'],
  [' INFO ', 'info'],
  ['Warning', 'warn'],
  ['ERR', 'error'],
  ['CRITICAL', 'fatal'],
  ['emerg', 'fatal'],
  ['trace', 'trace'],
  ['Audit', 'info'],
  ['TRIVIAL', 'trivial'],
  ['constructor', 'constructor'],
])('%s is stored as %s', (level, stored) => {
  expect(storedLevel(level)).toBe(stored)
})
