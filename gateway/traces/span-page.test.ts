import { expect, test } from 'vitest'
import type { TraceTree } from '../../query/traces/index.js'
import { positionOf } from './span-page.js'

test('a span id that many spans have is found where the first of them stands, in one pass', () => {
  const count = 200_000
  const column = new Uint32Array(2 * count).fill(7)
  column[0] = 1
  const order = Uint32Array.from({ length: count }, (_, i) => (i === 0 ? 0 : count - i))
  expect(positionOf({ order } as TraceTree, column, '0000000700000007')).toBe(1)
  expect(positionOf({ order } as TraceTree, column, '0000000700000001')).toBe(0)
  expect(positionOf({ order } as TraceTree, column, '0000000000000001')).toBe(-1)
})
