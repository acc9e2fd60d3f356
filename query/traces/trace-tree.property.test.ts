import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TraceSkeleton } from '../../schema/domain/trace.js'
import { type PlainSpan, skeletonOf } from '../../test/builders/skeleton.js'
import { finish, type TraceTree, traceTree } from './index.js'
import { parentsOf } from './parents.js'
import { keysOf, sortedBy } from './sorted-by.js'

/** Few ids and times, so that all that can be odd about a trace comes up: missing, repeated, own and circular parents. */
const anySpans: fc.Arbitrary<PlainSpan[]> = fc.array(
  fc
    .record({
      id: fc.integer({ min: 1, max: 12 }),
      parent: fc.integer({ min: 0, max: 14 }),
      start: fc.nat(40),
      length: fc.nat(30),
    })
    .map(({ length, ...span }) => ({ ...span, end: span.start + length })),
  { maxLength: 25 },
)

/** A trace with one root that holds all others, each child within its parent. */
const soundSpans: fc.Arbitrary<PlainSpan[]> = fc
  .array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { maxLength: 30 })
  .map((picks) => {
    const spans: PlainSpan[] = [{ id: 1, start: 0, end: 1_000 }]
    for (const [which, a, b] of picks) {
      const above = spans[which % spans.length] as PlainSpan
      const times = [a, b].map((at) => above.start + (at % (above.end - above.start + 1))).sort((x, y) => x - y)
      spans.push({ id: spans.length + 1, parent: above.id, start: times[0] ?? 0, end: times[1] ?? 0 })
    }
    return spans
  })

const treeOf = (spans: readonly PlainSpan[]): TraceTree => finish(traceTree(skeletonOf(spans)))
const at = (column: ArrayLike<number>, i: number): number => column[i] ?? Number.NaN
const sum = (values: Iterable<number>): number => [...values].reduce((all, one) => all + one, 0)

/** The same spans, as they stand at these places. */
function reordered(skeleton: TraceSkeleton, places: readonly number[]): TraceSkeleton {
  const { startNs, durationNs, spanId, parentId, row, service, failed, services } = skeleton
  const words = (column: Uint32Array) =>
    Uint32Array.from(places.flatMap((place) => [at(column, 2 * place), at(column, 2 * place + 1)]))
  return {
    startNs: Float64Array.from(places, (place) => at(startNs, place)),
    durationNs: Float64Array.from(places, (place) => at(durationNs, place)),
    spanId: words(spanId),
    parentId: words(parentId),
    row: words(row),
    service: Uint32Array.from(places, (place) => at(service, place)),
    failed: Uint8Array.from(places, (place) => at(failed, place)),
    services,
  }
}

describe('traceTree, whatever the spans', () => {
  it('has each span once, in a pre-order: below each stand its descendants, siblings by start', () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const { order, depth, descendants, skeleton } = treeOf(spans)
        const { parent } = finish(parentsOf(skeleton))
        expect([...order].sort((a, b) => a - b)).toEqual(spans.map((_, i) => i))
        const row = new Map([...order].map((span, i) => [span, i]))
        for (const [i, span] of order.entries()) {
          const above = at(parent, span)
          if (above === -1) expect(at(depth, span)).toBe(0)
          else {
            const top = row.get(above) ?? Number.NaN
            expect(at(depth, span)).toBe(at(depth, above) + 1)
            expect(i > top && i <= top + at(descendants, above)).toBe(true)
          }
          const next = [...order].slice(i + 1).find((other) => at(parent, other) === above)
          if (next !== undefined) expect(at(skeleton.startNs, next)).toBeGreaterThanOrEqual(at(skeleton.startNs, span))
        }
      }),
    )
  })

  it('finds as self time every ns of a span in which no child runs', () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const { selfNs, skeleton } = treeOf(spans)
        const { startNs, durationNs } = skeleton
        const { parent } = finish(parentsOf(skeleton))
        const runs = (span: number, ns: number) =>
          at(startNs, span) <= ns && ns < at(startNs, span) + at(durationNs, span)
        for (let span = 0; span < spans.length; span++) {
          const children = [...parent.keys()].filter((child) => at(parent, child) === span)
          let free = 0
          for (let ns = at(startNs, span); runs(span, ns); ns++) if (!children.some((child) => runs(child, ns))) free++
          expect(at(selfNs, span)).toBe(free)
        }
      }),
    )
  })

  it('has a critical path that no two spans share at any time, from the top down without a gap', () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const { criticalNs, onPath, durationNs, skeleton } = treeOf(spans)
        const { parent } = finish(parentsOf(skeleton))
        expect(sum(criticalNs)).toBeLessThanOrEqual(durationNs)
        for (let span = 0; span < spans.length; span++) {
          expect(at(criticalNs, span)).toBeGreaterThanOrEqual(0)
          expect(at(criticalNs, span)).toBeLessThanOrEqual(at(skeleton.durationNs, span))
          if (at(onPath, span) === 0) expect(at(criticalNs, span)).toBe(0)
          else if (at(parent, span) !== -1) expect(at(onPath, at(parent, span))).toBe(1)
        }
      }),
    )
  })

  it('is the same in whatever order the spans come, those that begin together too', () => {
    const shuffled = anySpans.chain((spans) => {
      const places = spans.map((_, i) => i)
      const services = fc.array(fc.constantFrom('api', 'db', 'web'), { minLength: spans.length })
      return fc.tuple(
        services.map((names) => skeletonOf(spans.map((span, i) => ({ ...span, service: names[i] ?? 'api' })))),
        fc.shuffledSubarray(places, { minLength: places.length }),
      )
    })
    fc.assert(
      fc.property(shuffled, ([skeleton, places]) => {
        expect(finish(traceTree(reordered(skeleton, places)))).toEqual(finish(traceTree(skeleton)))
      }),
    )
  })

  it('has spans that begin together in order of service, id and row', () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const { skeleton } = treeOf(spans.map((span) => ({ ...span, service: (span.parent ?? 0) % 2 ? 'a' : 'b' })))
        const keys = spans.map((_, i) => [
          at(skeleton.startNs, i),
          at(skeleton.service, i),
          at(skeleton.spanId, 2 * i),
          at(skeleton.row, 2 * i),
        ])
        const inOrder = keys.toSorted((a, b) => a.reduce((found, key, i) => found || key - at(b, i), 0))
        expect(keys).toEqual(inOrder)
      }),
    )
  })
})

describe('traceTree of a sound trace', () => {
  it('has a critical path that takes the root’s time exactly, and holds its end', () => {
    fc.assert(
      fc.property(soundSpans, (spans) => {
        const { criticalNs, onPath, root } = treeOf(spans)
        expect(sum(criticalNs)).toBe(1_000)
        expect(at(onPath, root)).toBe(1)
      }),
    )
  })

  it('has self times of which at least one runs at each moment: they add up to the root’s time or more', () => {
    fc.assert(
      fc.property(soundSpans, (spans) => {
        expect(sum(treeOf(spans).selfNs)).toBeGreaterThanOrEqual(1_000)
      }),
    )
  })

  it('has self times that add up to the root’s time where no two siblings overlap', () => {
    const apart = soundSpans.map((spans) => {
      const kept: PlainSpan[] = []
      for (const span of spans) {
        const siblings = kept.filter(({ parent }) => parent === span.parent)
        const isKept = span.parent === undefined || kept.some(({ id }) => id === span.parent)
        if (isKept && !siblings.some(({ start, end }) => start < span.end && span.start < end)) kept.push(span)
      }
      return kept
    })
    fc.assert(
      fc.property(apart, (spans) => {
        const { selfNs, criticalNs } = treeOf(spans)
        expect(sum(selfNs)).toBe(1_000)
        expect(criticalNs).toEqual(selfNs)
      }),
    )
  })
})

it('sorts as a stable sort does', () => {
  const keys = fc.array(
    fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((key) => key + 0),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(keys, fc.boolean(), (values, descending) => {
      const indexes = values.map((_, i) => i)
      if (descending) indexes.reverse()
      const expected = indexes.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0))
      expect([...finish(sortedBy(keysOf(Float64Array.from(values)), descending))]).toEqual(expected)
    }),
  )
})

it('sorts many keys, whose digits are large', () => {
  const values = Float64Array.from({ length: 5_000 }, (_, i) => ((i * 7_919) % 5_000) * 1e9)
  const sorted = [...finish(sortedBy(keysOf(values)))].map((i) => values[i])
  expect(sorted).toEqual([...values].sort((a, b) => a - b))
})

it('stops after each short step: a trace of 200,000 spans takes dozens', () => {
  const spans = Array.from({ length: 200_000 }, (_, i) => ({ id: i + 1, parent: i >> 1, start: i, end: i + 1 }))
  const work = traceTree(skeletonOf(spans))
  let steps = 0
  while (work.next().done !== true) steps++
  expect(steps).toBeGreaterThan(40)
})
