import { expect, it } from 'vitest'
import { instantOf, rangeOf, written } from '../../../test/promqltest/written.js'

it('info adds the labels of the info series seen last', async () => {
  const source = written(
    '1m',
    'm{instance="i",job="j"} 1 2',
    'target_info{instance="i",job="j",v="1"} 1 _',
    'target_info{instance="i",job="j",v="2"} _ 1',
  )
  const expected = { 'm{instance=i,job=j,v=1}': '1 _', 'm{instance=i,job=j,v=2}': '_ 2' }
  expect(await rangeOf(source, 'info(m)', ['0', '1m', '1m'])).toEqual(expected)
})

const changing = written(
  '1m',
  'm{instance="i",job="j"} 1 2',
  'other{instance="i",job="j"} 1 2',
  'nobody 7',
  'target_info{instance="i",job="j",v="1"} 1 stale',
  'target_info{instance="i",job="j",v="2"} _ 1',
  'target_info{v="of nobody"} 1 1',
)

it.each([
  ['of the time its vector is of', 'info(m @ 0)', { 'm{instance=i,job=j,v=1}': 1 }],
  ['of the same time for a whole expression', 'info(m offset 1m * 10)', { '{instance=i,job=j,v=1}': 10 }],
  ['of the evaluation where selectors differ in time', 'info(m @ 0 + other)', { '{instance=i,job=j,v=2}': 3 }],
  [
    'of the evaluation where a part selects nothing',
    'info(m @ 0 or vector(5))',
    { 'm{instance=i,job=j,v=2}': 1, '{}': 5 },
  ],
  ['of nothing for a series that names no target', 'info(nobody)', { nobody: 7 }],
])('info adds labels %s', async (_, query, expected) => {
  expect(await instantOf(changing, query, '1m')).toEqual(expected)
})
