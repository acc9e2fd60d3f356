import { expect, test } from 'vitest'
import { jsonRows } from './json-rows.js'

const bytesOf = (rows: readonly unknown[], end = '\n') =>
  Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n') + end)

test.each([
  ['none', []],
  ['few', [{ a: 1 }, { a: 'ü\n' }]],
  [
    'many, cut where lines end and within no letter',
    Array.from({ length: 5_000 }, (_, i) => ({ i, text: 'ü日'.repeat(i % 40) })),
  ],
  ['some longer than a piece', ['x'.repeat(200_000), 'y', 'z'.repeat(65_533), 'w'.repeat(65_534), 'v'.repeat(65_535)]],
])('reads rows: %s', (_name, rows) => {
  expect(jsonRows(bytesOf(rows))).toEqual(rows)
  if (rows.length > 0) expect(jsonRows(bytesOf(rows, ''))).toEqual(rows)
})
