import { expect, test } from 'vitest'
import { processorMs } from '../../test/harness/processor-ms.js'
import { readLogfmt } from './logfmt.js'

test('pairs are read, quoted and bare, numbers and booleans as such', () => {
  const line =
    'level=warn msg="it is \\"slow\\"" n=1.5 ok=true id=007 big=12345678901234567890 empty= at=2026-11-21T03:20:15Z'
  expect(readLogfmt(line)).toEqual({
    level: 'warn',
    msg: 'it is "slow"',
    n: 1.5,
    ok: true,
    id: '007',
    big: '12345678901234567890',
    empty: '',
    at: '2026-11-21T03:20:15Z',
  })
})

test('of two of one name the first stands', () => {
  expect(readLogfmt('a=1 a=2 b=3')?.a).toBe(1)
})

test.each(['', 'a=1', 'failed a=1 b=2', 'a=1 b=2 and more', 'a="cut off b=1', 'x = y', '=1 b=2', 'GET /x?a=1 b=2'])(
  '%s is none',
  (line) => {
    expect(readLogfmt(line)).toBeNull()
  },
)

test('the longest line takes linear time', async () => {
  for (const piece of ['a=', 'a="', 'a=" ', 'a=\\', 'a', 'a=b ', '"', 'a="\\']) {
    const spent = await processorMs(() => readLogfmt(`a=1 ${piece.repeat(16_000 / piece.length)}`))
    expect(spent, piece).toBeLessThan(200)
  }
})
