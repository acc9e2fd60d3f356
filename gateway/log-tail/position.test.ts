import { describe, expect, it } from 'vitest'
import { CursorError } from '../../schema/ports/control-plane.js'
import { type TailPosition, tailCursor, tailPosition } from './position.js'

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('a cursor of a tail', () => {
  it.each<[string, TailPosition]>([
    ['nothing', { seen: { upTo: 0n, except: [] }, within: null }],
    ['flushes', { seen: { upTo: 9_007_199_254_740_993n, except: [3n, 7n] }, within: null }],
    [
      'records of a step',
      { seen: { upTo: 8n, except: [] }, within: { upTo: { upTo: 12n, except: [10n] }, cursor: 'record' } },
    ],
  ])('names what was seen: %s', (_name, position) => {
    expect(tailPosition(tailCursor(position))).toEqual(position)
  })

  it.each([
    ['text', 'hello'],
    ['a cursor of a list', encoded(['1772366400000000000', '00000000-0000-4000-8000-000000000000', 0])],
    ['no list', encoded({ upTo: '1' })],
    ['numbers that are none', encoded([['1', 'x']])],
    ['a number past the largest of the database', encoded([['9223372036854775808']])],
    ['a number past any', encoded([['99999999999999999999']])],
    ['a step without its record', encoded([['1'], ['2']])],
    ['more than a step', encoded([['1'], ['2'], 'record', 4])],
    ['nothing', ''],
  ])('is refused when it is %s', (_name, cursor) => {
    expect(() => tailPosition(cursor)).toThrow(CursorError)
  })
})
