import { expect, it } from 'vitest'
import { numberValue, stringValue } from './literals.js'
import { prepare } from './prepare.js'

it.each([
  ['12', 12],
  ['1_000.5', 1000.5],
  ['.5e1', 5],
  ['0x1F', 31],
  ['017', 15],
  ['08', 8],
  ['INF', Number.POSITIVE_INFINITY],
  ['nan', Number.NaN],
  ['1h30m', 5400],
  ['1y2w3d4h5m6s7ms', 33_019_506.007],
  ['100ms', 0.1],
])('the number %s', (text, value) => {
  expect(numberValue(text)).toBe(value)
})

it.each([
  ['"a\\tb"', 'a\tb'],
  ["'it\\'s'", "it's"],
  ['`a\\tb`', 'a\\tb'],
  ['"\\u00e9\\xc3\\xa9\\303\\251"', 'ééé'],
  ['"\\U0001F600"', '😀'],
  ['"a\\xc5z"', 'a\udcc5z'],
  ['"\\q"', null],
  ['"\\xz0"', null],
  ['"\\777"', null],
  ['"\\ud800"', null],
])('the string %s', (literal, text) => {
  expect(stringValue(literal)).toBe(text)
})

it.each([
  ['2. + 1./6.', '2  + 1 /6 '],
  ['2.e3', '2e03'],
  ['2.e-3', '2e-03'],
  ['2.5 + a.b', '2.5 + a.b'],
  ['"2." # 3.', '"2." # 3.'],
  ['a[STEP() + Max_Of (1, 2)]', 'a[step() + max_of (1, 2)]'],
  ['STEP + 1', 'STEP + 1'],
])('%s is prepared for the grammar with every place kept', (text, prepared) => {
  expect(prepare(text)).toBe(prepared)
  expect(prepared).toHaveLength(text.length)
})

it('a string that never closes is refused at its quote', () => {
  expect(() => prepare('a{b="c}')).toThrow('Line 1, column 5: found ", expected a string that is closed by another ".')
  expect(() => prepare("a{b='c\n'}")).toThrow('column 5')
})
