import { describe, expect, it } from 'vitest'
import { SPAN_FINDINGS } from '../../schema/domain/trace.js'
import { type PlainSpan, skeletonOf } from '../../test/builders/skeleton.js'
import { finish, traceTree } from './index.js'

/** The tree as text: a row a line, with its depth, id, self and critical time, and what is odd about it. */
function drawn(spans: readonly PlainSpan[]): string[] {
  const tree = finish(traceTree(skeletonOf(spans)))
  return [...tree.order].map((span) => {
    const id = tree.skeleton.spanId[2 * span]
    const odd = Object.entries(SPAN_FINDINGS).flatMap(([name, bit]) => ((tree.findings[span] ?? 0) & bit ? [name] : []))
    const path = tree.onPath[span] ? ` path=${tree.criticalNs[span]}` : ''
    return [`${'  '.repeat(tree.depth[span] ?? 0)}${id} self=${tree.selfNs[span]}${path}`, ...odd].join(' ')
  })
}
const span = (id: number, parent: number, start: number, end: number): PlainSpan => ({ id, parent, start, end })

describe('traceTree', () => {
  it('puts spans in pre-order, siblings by start, however they come', () => {
    const spans = [span(4, 2, 20, 30), span(3, 1, 50, 90), span(1, 0, 0, 100), span(2, 1, 10, 40)]
    expect(drawn(spans)).toEqual([
      '1 self=30 path=30',
      '  2 self=20 path=20',
      '    4 self=10 path=10',
      '  3 self=40 path=40',
    ])
  })

  it('counts overlapping children once, and of them the path takes the one that ended last', () => {
    const spans = [span(1, 0, 0, 100), span(2, 1, 10, 60), span(3, 1, 20, 80), span(4, 1, 70, 75)]
    expect(drawn(spans)).toEqual(['1 self=30 path=40', '  2 self=50', '  3 self=60 path=60', '  4 self=5'])
  })

  it('clips a child that sticks out of its parent, at both ends', () => {
    const spans = [span(1, 0, 10, 50), span(2, 1, 0, 20), span(3, 1, 40, 90)]
    expect(drawn(spans)).toEqual([
      '1 self=20 path=20',
      '  2 self=20 path=10 OUTSIDE_PARENT',
      '  3 self=50 path=10 OUTSIDE_PARENT',
    ])
  })

  it('leaves a child that ran after its parent out of both', () => {
    const spans = [span(1, 0, 0, 50), span(2, 1, 60, 90)]
    expect(drawn(spans)).toEqual(['1 self=50 path=50', '  2 self=30 OUTSIDE_PARENT'])
  })

  it('lets the path go from one child to the one that ended before it began, not to one beside it', () => {
    const spans = [span(1, 0, 0, 100), span(2, 1, 0, 30), span(3, 1, 10, 55), span(4, 1, 50, 100)]
    expect(drawn(spans)).toEqual(['1 self=0 path=20', '  2 self=30 path=30', '  3 self=45', '  4 self=50 path=50'])
  })

  it('puts a span at the top whose parent is missing, and says so', () => {
    const spans = [span(2, 9, 10, 20), span(3, 2, 12, 14), span(1, 0, 5, 30)]
    expect(drawn(spans)).toEqual(['1 self=25 path=25', '2 self=8 PARENT_MISSING', '  3 self=2'])
  })

  it('takes several roots, the path through those that ended one after the other', () => {
    const spans = [span(1, 0, 0, 40), span(2, 0, 60, 100), span(3, 0, 65, 70)]
    expect(drawn(spans)).toEqual(['1 self=40 path=40', '2 self=40 path=40', '3 self=5'])
    expect(finish(traceTree(skeletonOf(spans)))).toMatchObject({ root: 0, durationNs: 100 })
  })

  it('cuts a cycle at its earliest span', () => {
    const spans = [span(1, 3, 20, 30), span(2, 1, 10, 40), span(3, 2, 15, 35), span(4, 3, 16, 18)]
    expect(drawn(spans)).toEqual([
      '2 self=10 path=10 CYCLE',
      '  3 self=8 path=8',
      '    4 self=2 path=2',
      '    1 self=10 path=10',
    ])
    expect(finish(traceTree(skeletonOf(spans))).root).toBe(-1)
  })

  it('cuts a span that is its own parent', () => {
    expect(drawn([span(1, 1, 0, 10), span(2, 1, 5, 6)])).toEqual(['1 self=9 path=9 CYCLE', '  2 self=1 path=1'])
  })

  it('gives the children of a repeated id to the last span of it before them, else to the first', () => {
    const spans = [
      span(1, 0, 0, 100),
      span(5, 1, 10, 40),
      span(5, 1, 50, 90),
      span(6, 5, 15, 20),
      span(7, 5, 55, 60),
      span(8, 5, 5, 6),
    ]
    expect(drawn(spans)).toEqual([
      '1 self=30 path=30',
      '  5 self=25 path=25 DUPLICATE_ID',
      '    8 self=1 OUTSIDE_PARENT',
      '    6 self=5 path=5',
      '  5 self=35 path=35 DUPLICATE_ID',
      '    7 self=5 path=5',
    ])
  })

  it('takes spans without any length, which are on no path', () => {
    const spans = [span(1, 0, 0, 10), span(2, 1, 10, 10), span(3, 1, 0, 0), span(4, 3, 0, 0)]
    expect(drawn(spans)).toEqual(['1 self=10 path=10', '  3 self=0', '    4 self=0', '  2 self=0'])
    expect(drawn([span(1, 0, 0, 0), span(2, 1, 0, 0)])).toEqual(['1 self=0', '  2 self=0'])
  })

  it('takes a trace of no spans', () => {
    expect(finish(traceTree(skeletonOf([])))).toMatchObject({ root: -1, durationNs: 0, errorCount: 0, services: [] })
  })

  it('says what each service has of the trace', () => {
    const spans: PlainSpan[] = [
      { id: 1, start: 0, end: 100, service: 'web' },
      { id: 2, parent: 1, start: 10, end: 90, service: 'api', failed: true },
      { id: 3, parent: 2, start: 20, end: 30, service: 'web', failed: true },
    ]
    const { services, errorCount } = finish(traceTree(skeletonOf(spans)))
    expect(services).toEqual([
      { service: 'web', spanCount: 2, errorCount: 1, selfNs: 30, criticalNs: 30 },
      { service: 'api', spanCount: 1, errorCount: 1, selfNs: 70, criticalNs: 70 },
    ])
    expect(errorCount).toBe(2)
  })
})
