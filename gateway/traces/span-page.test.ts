import { describe, expect, test } from 'vitest'
import { type TraceTree, traceTree } from '../../query/traces/index.js'
import { finish } from '../../query/traces/work.js'
import type { SpanRows, StoredSpan, TraceReader } from '../../schema/ports/traces.js'
import type { QueryLimits } from '../query-turns.js'
import { placedRoot, placedSpans, positionOf } from './span-page.js'
import type { OpenTrace } from './trace-shelf.js'

test('a span id that many spans have is found where the first of them stands, in one pass', () => {
  const count = 200_000
  const column = new Uint32Array(2 * count).fill(7)
  column[0] = 1
  const order = Uint32Array.from({ length: count }, (_, i) => (i === 0 ? 0 : count - i))
  expect(positionOf({ order } as TraceTree, column, '0000000700000007')).toBe(1)
  expect(positionOf({ order } as TraceTree, column, '0000000700000001')).toBe(0)
  expect(positionOf({ order } as TraceTree, column, '0000000000000001')).toBe(-1)
})

describe('the root', () => {
  test('is taken from a page that is asked for in the same breath, and read where none holds it', async () => {
    const { opened, reader, reads } = someTrace(3)
    const page = (from: number, whole: boolean) => placedSpans(opened, reader, { from, until: from + 2, whole }, LIMITS)
    // As an execution asks: one field after the other, without a wait.
    const [root] = await Promise.all([placedRoot(opened, reader, true, LIMITS), page(0, true)])
    expect([root?.position, reads.length]).toEqual([0, 1])
    await Promise.all([placedRoot(opened, reader, true, LIMITS), page(1, true)])
    expect(reads.length).toBe(3)
    // A page without attributes is none for a root with them.
    await Promise.all([placedRoot(opened, reader, true, LIMITS), page(0, false)])
    expect(reads.length).toBe(5)
    await Promise.all([placedRoot(opened, reader, false, LIMITS), page(0, true)])
    await placedRoot(opened, reader, false, LIMITS)
    expect(reads.length).toBe(6)
  })

  test('fails with its page', async () => {
    const { opened } = someTrace(3)
    const failing = { spans: () => Promise.reject(new Error('gone')) } as unknown as TraceReader
    const answers = await Promise.allSettled([
      placedRoot(opened, failing, false, LIMITS),
      placedSpans(opened, failing, { from: 0, until: 2, whole: false }, LIMITS),
    ])
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })
})

const LIMITS = {} as QueryLimits

/** A root and spans below it, and what is read of them. */
function someTrace(count: number) {
  const ids = Uint32Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? 1 + i / 2 : 0))
  const tree = finish(
    traceTree({
      ...{ startNs: Float64Array.from({ length: count }, (_, i) => i), durationNs: new Float64Array(count).fill(9) },
      ...{ spanId: ids, parentId: ids.map((word, i) => (i > 1 && word > 0 ? 1 : 0)), row: ids },
      ...{ service: new Uint32Array(count), failed: new Uint8Array(count), services: ['checkout'] },
    }),
  )
  const reads: SpanRows[] = []
  const reader = {
    async spans(_: string, wanted: SpanRows) {
      reads.push(wanted)
      // No store answers within the turn in which it is asked.
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
      return wanted.rows.map((row) => ({ row }) as StoredSpan)
    },
  } as unknown as TraceReader
  const extent = { startedAt: '', firstStartNs: 0n, lastEndNs: 11n, spanCount: count }
  return { opened: { traceId: 'c'.repeat(32), extent, tree } satisfies OpenTrace, reader, reads }
}
