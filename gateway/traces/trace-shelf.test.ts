import { describe, expect, it } from 'vitest'
import { QUERY_BOUNDS } from '../../schema/domain/query-bounds.js'
import type { TraceReader } from '../../schema/ports/traces.js'
import { skeletonOf } from '../../test/builders/skeleton.js'
import { stepwise } from './stepwise.js'
import { createTraceShelf } from './trace-shelf.js'

const limits = { signal: new AbortController().signal, bounds: QUERY_BOUNDS }

/** A store of traces by id, each of so many spans; it notes whose columns are read. */
function store(counts: Record<string, { told: number; stored: number }>) {
  const read: string[] = []
  const reader = {
    extent: async (id: string) => {
      const count = counts[id]
      if (count === undefined) return null
      return { startedAt: '', firstStartNs: 0n, lastEndNs: 1n, spanCount: count.told }
    },
    skeleton: async (id: string) => {
      read.push(id)
      const { stored = 0 } = counts[id] ?? {}
      return skeletonOf(Array.from({ length: stored }, (_, i) => ({ id: i + 1, start: i, end: i + 1 })))
    },
  } as unknown as TraceReader
  return { read, reader }
}

describe('createTraceShelf', () => {
  it('keeps what was asked for last, as many spans as it holds', async () => {
    const shelf = createTraceShelf(10)
    const { read, reader } = store({ a: { told: 4, stored: 4 }, b: { told: 4, stored: 4 }, c: { told: 5, stored: 5 } })
    for (const id of ['a', 'b', 'a', 'c', 'a', 'b']) await shelf.open('org', id, reader, limits)
    // c came while a had just been asked for: b went.
    expect(read).toEqual(['a', 'b', 'c', 'b'])
  })

  it('keeps traces of orgs apart, and none that is not there', async () => {
    const shelf = createTraceShelf(10)
    const { read, reader } = store({ a: { told: 1, stored: 1 }, gone: { told: 1, stored: 0 } })
    await shelf.open('org_a', 'a', reader, limits)
    await shelf.open('org_b', 'a', reader, limits)
    expect(read).toEqual(['a', 'a'])
    expect(await shelf.open('org_a', 'x', reader, limits)).toBeNull()
    expect(await shelf.open('org_a', 'gone', reader, limits)).toBeNull()
  })

  it('keeps no trace whose spans are not all readable yet', async () => {
    const shelf = createTraceShelf(10)
    const { read, reader } = store({ a: { told: 3, stored: 2 } })
    for (let i = 0; i < 2; i++) expect((await shelf.open('org', 'a', reader, limits))?.tree.order).toHaveLength(2)
    expect(read).toEqual(['a', 'a'])
  })

  it('reads a trace once for those who ask for it while it is read', async () => {
    const shelf = createTraceShelf(4)
    const { read, reader } = store({ a: { told: 4, stored: 4 } })
    const opened = await Promise.all([1, 2, 3].map(() => shelf.open('org', 'a', reader, limits)))
    expect(read).toEqual(['a'])
    expect(new Set(opened).size).toBe(1)
  })
})

describe('stepwise', () => {
  it('lets others have their turn, and gives up once the caller has left', async () => {
    const leaving = new AbortController()
    let steps = 0
    function* work(): Generator<void, string> {
      for (;;) {
        steps++
        yield
      }
    }
    setImmediate(() => leaving.abort())
    await expect(stepwise(work(), leaving.signal)).rejects.toMatchObject({ name: 'QueryCancelledError' })
    expect(steps).toBeGreaterThan(0)
  })
})
