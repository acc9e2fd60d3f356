import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EmbeddedClickHouse } from '../../embedded/chdb.js'
import { exceeded } from '../../schema/domain/query-bounds.js'
import type { TraceReader } from '../../schema/ports/traces.js'
import { createTraceReader } from '../../sql/trace-reader.js'
import { walledFor } from '../../sql/walled.js'
import { insertSpans, traceIdOf } from '../../test/builders/spans.js'
import { addOrg, useGateway } from '../../test/harness/gateway.js'
import { openTestClickHouse } from '../../test/harness/stores.js'

let clickhouse: EmbeddedClickHouse
let ours = ''
let theirToken = ''
/** What the next reads answer with instead of the store's. */
let instead: Partial<TraceReader> = {}
const skeletons: string[] = []
const gateway = useGateway(() => ({
  traces: {
    forOrg: (orgId) => {
      const reader = createTraceReader(walledFor(clickhouse.reader, orgId), orgId)
      return {
        ...reader,
        skeleton: (...asked) => {
          skeletons.push(asked[0])
          return reader.skeleton(...asked)
        },
        ...instead,
      }
    },
  },
}))

beforeAll(async () => {
  clickhouse = await openTestClickHouse()
  ours = (await gateway.database.org.findFirstOrThrow()).id
  theirToken = (await addOrg(gateway, 'other')).apiToken
})
afterAll(() => clickhouse.close())

const insert = (trace: string, spans: readonly Omit<Parameters<typeof insertSpans>[1][number], 'trace' | 'org'>[]) =>
  insertSpans(
    clickhouse.writer,
    spans.map((span) => ({ ...span, trace, org: ours })),
  )

const trace = (fields: string, traceId: string, token?: string) =>
  gateway.ask(`query($id: String!) { trace(traceId: $id) { ${fields} } }`, { id: traceId }, token)

const page = async (traceId: string, args: string) => {
  const { data, errors } = await trace(
    `spans(${args}) { nodes { spanId position depth } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount { value exact } }`,
    traceId,
  )
  if (errors.length > 0) throw new Error(errors[0]?.message)
  const { nodes, ...rest } = data.trace.spans
  return { ids: nodes.map((node: { spanId: string }) => node.spanId.replace(/^0+/, '')), nodes, ...rest }
}

describe('trace', () => {
  it('is a tree with times, its critical path and what is odd', async () => {
    await insert('1', [
      { id: 'a', start: 0, ms: 100, service: 'web', name: 'GET /cart' },
      { id: 'b', parent: 'a', start: 10, ms: 60, service: 'api', status: 'error', attributes: { 'http.route': '/x' } },
      { id: 'c', parent: 'b', start: 60, ms: 20.5, service: 'db', kind: 'client' },
      { id: 'd', parent: 'ee', start: 5, ms: 1, service: 'jobs' },
    ])
    const { data, errors } = await trace(
      `traceId startedAt durationMs spanCount errorCount services truncated byService { service spanCount errorCount selfMs criticalMs }
       root { name } spans { nodes { spanId parentSpanId service kind startedAt durationMs status attributes events links
         position depth descendantCount onCriticalPath selfMs criticalMs findings } totalCount { value exact } }`,
      traceIdOf('1'),
    )
    expect(errors).toEqual([])
    const { spans, ...rest } = data.trace
    expect(rest).toEqual({
      traceId: traceIdOf('1'),
      startedAt: '2026-03-01T12:00:00.000Z',
      durationMs: 100,
      spanCount: 4,
      errorCount: 1,
      services: ['web', 'jobs', 'api', 'db'],
      truncated: false,
      byService: [
        { service: 'web', spanCount: 1, errorCount: 0, selfMs: 40, criticalMs: 40 },
        { service: 'jobs', spanCount: 1, errorCount: 0, selfMs: 1, criticalMs: 0 },
        { service: 'api', spanCount: 1, errorCount: 1, selfMs: 50, criticalMs: 50 },
        { service: 'db', spanCount: 1, errorCount: 0, selfMs: 20.5, criticalMs: 10 },
      ],
      root: { name: 'GET /cart' },
    })
    expect(spans.totalCount).toEqual({ value: 4, exact: true })
    expect(spans.nodes.map((node: { spanId: string }) => node.spanId.slice(-1))).toEqual(['a', 'b', 'c', 'd'])
    expect(spans.nodes[1]).toEqual({
      spanId: '000000000000000b',
      parentSpanId: '000000000000000a',
      service: 'api',
      kind: 'server',
      startedAt: '2026-03-01T12:00:00.010Z',
      durationMs: 60,
      status: 'error',
      attributes: { 'http.route': '/x' },
      events: [],
      links: [],
      position: 1,
      depth: 1,
      descendantCount: 1,
      onCriticalPath: true,
      selfMs: 50,
      criticalMs: 50,
      findings: [],
    })
    expect(spans.nodes[2]).toMatchObject({ depth: 2, findings: ['OUTSIDE_PARENT'] })
    expect(spans.nodes[3]).toMatchObject({ depth: 0, findings: ['PARENT_MISSING'], onCriticalPath: false })
  })

  it('is found by an id in capitals, and not by another org', async () => {
    const id = `AB${traceIdOf('2').slice(2)}`
    await insertSpans(clickhouse.writer, [{ trace: id.toLowerCase(), id: '1', org: ours }])
    expect((await trace('spanCount root { spanId }', id)).data.trace).toEqual({
      spanCount: 1,
      root: { spanId: traceIdOf('1').slice(16) },
    })
    expect(await trace('spanCount', id, theirToken)).toEqual(await trace('spanCount', traceIdOf('fff'), theirToken))
    expect((await trace('spanCount', id, theirToken)).data).toEqual({ trace: null })
  })

  it.each(['', '1', 'z'.repeat(32), '0'.repeat(32), `${traceIdOf('1')}0`, "' OR 1=1 --"])(
    'refuses the id %j',
    async (id) => {
      const { status, data, errors } = await trace('spanCount', id)
      expect([status, data.trace, errors[0]?.extensions.code]).toEqual([200, null, 'BAD_USER_INPUT'])
      expect(errors[0]?.message).toContain('expected 32 hexadecimal digits')
    },
  )

  it('has no root while none has come, and then that which began first', async () => {
    const shown = async () => (await trace('root { name } spanCount', traceIdOf('3'))).data.trace
    await insert('3', [{ id: 'b', parent: 'a', start: 10 }])
    expect(await shown()).toEqual({ root: null, spanCount: 1 })
    await insert('3', [{ id: 'a', start: 5, name: 'late' }])
    for (let i = 0; i < 2; i++) expect(await shown()).toEqual({ root: { name: 'late' }, spanCount: 2 })
    await insert('3', [{ id: 'c', start: 1, name: 'later' }])
    expect(await shown()).toEqual({ root: { name: 'later' }, spanCount: 3 })
  })

  it('is a trace of its own where another org has one of the same id', async () => {
    await insert('5', [{ id: '1', name: 'ours' }])
    const theirs = (await gateway.database.org.findFirstOrThrow({ where: { slug: 'other' } })).id
    await insertSpans(clickhouse.writer, [
      { trace: '5', id: '1', org: theirs, name: 'theirs' },
      { trace: '5', id: '2', parent: '1', org: theirs, name: 'theirs' },
    ])
    const shown = async (token?: string) =>
      (await trace('spanCount root { name } spans { nodes { name } }', traceIdOf('5'), token)).data.trace
    for (let i = 0; i < 2; i++) {
      expect(await shown()).toEqual({ spanCount: 1, root: { name: 'ours' }, spans: { nodes: [{ name: 'ours' }] } })
      expect(await shown(theirToken)).toEqual({
        spanCount: 2,
        root: { name: 'theirs' },
        spans: { nodes: [{ name: 'theirs' }, { name: 'theirs' }] },
      })
    }
  })

  it('reads its root once for all pages that are asked for', async () => {
    await insert('6', [{ id: '1', name: 'root' }])
    const read: boolean[] = []
    const reader = createTraceReader(walledFor(clickhouse.reader, ours), ours)
    instead = {
      spans: (id, wanted, limits) => {
        read.push(wanted.whole)
        return reader.spans(id, wanted, limits)
      },
    }
    try {
      for (let i = 0; i < 3; i++)
        expect((await trace('root { name }', traceIdOf('6'))).data.trace).toEqual({ root: { name: 'root' } })
      for (let i = 0; i < 2; i++)
        expect((await trace('root { attributes }', traceIdOf('6'))).data.trace).toEqual({ root: { attributes: {} } })
    } finally {
      instead = {}
    }
    // What is most of a span is not kept.
    expect(read).toEqual([false, true, true])
  })

  it('says what it would take too much of', async () => {
    instead = { skeleton: () => Promise.reject(exceeded('rows', 5)) }
    await insert('4', [{ id: '1' }])
    const { errors } = await trace('spanCount', traceIdOf('4')).finally(() => {
      instead = {}
    })
    expect(errors).toMatchObject([{ extensions: { code: 'TOO_BROAD', bound: 'rows' } }])
    expect(gateway.failures).toEqual([])
  })
})

describe('spans', () => {
  /** A root, 3 below it, 3 below each of those. */
  const tree = ['1', '2', '3'].flatMap((child) => [
    { id: child, parent: 'a', start: Number(child), ms: 9 },
    ...['1', '2', '3'].map((leaf) => ({ id: child + leaf, parent: child, start: Number(child) + Number(leaf), ms: 2 })),
  ])
  beforeAll(() => insert('10', [{ id: 'a', ms: 50 }, ...tree]))
  const all = ['a', '1', '11', '12', '13', '2', '21', '22', '23', '3', '31', '32', '33']

  it('pages through all rows in order, by cursor and by row', async () => {
    const seen: string[] = []
    let after = ''
    for (let at = 0; at < all.length; at += 5) {
      const next = await page(traceIdOf('10'), `first: 5 ${after}`)
      expect(next.pageInfo).toMatchObject({ hasNextPage: at + 5 < all.length, hasPreviousPage: at > 0 })
      expect(next.ids).toEqual((await page(traceIdOf('10'), `first: 5, at: ${at}`)).ids)
      expect(next.nodes.map((node: { position: number }) => node.position)).toEqual(
        next.ids.map((_: string, i: number) => at + i),
      )
      seen.push(...next.ids)
      after = `after: "${next.pageInfo.endCursor}"`
    }
    expect(seen).toEqual(all)
    expect((await page(traceIdOf('10'), 'at: 99')).ids).toEqual([])
  })

  it('jumps to the page in which a span stands', async () => {
    expect((await page(traceIdOf('10'), 'first: 4, spanId: "0000000000000021"')).ids).toEqual(all.slice(4, 8))
    expect((await page(traceIdOf('10'), 'first: 4, spanId: "000000000000000A"')).ids).toEqual(all.slice(0, 4))
  })

  it('goes on after the same span though others came in before it', async () => {
    await insert('11', [{ id: 'a', ms: 50 }, ...tree])
    const first = await page(traceIdOf('11'), 'first: 6')
    await insert('11', [
      { id: '9', parent: '1', start: 1.5, ms: 1 },
      { id: '8', parent: '3', start: 3.5, ms: 1 },
    ])
    const rest = await page(traceIdOf('11'), `after: "${first.pageInfo.endCursor}"`)
    expect(first.ids).toEqual(all.slice(0, 6))
    expect(rest.ids).toEqual(['21', '22', '23', '3', '8', '31', '32', '33'])
    expect(rest.totalCount).toEqual({ value: 15, exact: true })
  })

  it('reads the columns of a trace once for all its pages, and again when more of it has come', async () => {
    await insert('12', [{ id: 'a', ms: 50 }, ...tree])
    skeletons.length = 0
    for (let at = 0; at < 12; at += 3) await page(traceIdOf('12'), `first: 3, at: ${at}`)
    expect(skeletons).toHaveLength(1)
    await insert('12', [{ id: '77', parent: 'a', start: 4 }])
    expect((await page(traceIdOf('12'), 'at: 13')).totalCount.value).toBe(14)
    expect(skeletons).toHaveLength(2)
  })

  it('shows both spans of one id, with what each holds', async () => {
    await insert('13', [
      { id: 'a', ms: 10 },
      { id: 'b', parent: 'a', start: 1, name: 'one' },
      { id: 'b', parent: 'a', start: 1, name: 'other' },
    ])
    const { data } = await trace('spans { nodes { name findings } }', traceIdOf('13'))
    const [, ...both] = data.trace.spans.nodes
    expect(both.map((span: { name: string }) => span.name).sort()).toEqual(['one', 'other'])
    expect(both.map((span: { findings: string[] }) => span.findings)).toEqual([['DUPLICATE_ID'], ['DUPLICATE_ID']])
  })

  it.each(['attributes', 'events', 'links'])(
    'reads %s only when they are asked for, in a fragment too',
    async (field) => {
      const read: boolean[] = []
      const spans: TraceReader['spans'] = async (_id, { whole }) => {
        read.push(whole)
        return []
      }
      instead = { spans }
      try {
        await trace('spans { nodes { name } } root { name }', traceIdOf('10'))
        await gateway.ask(
          `query($id: String!) { trace(traceId: $id) { spans { ... on SpanConnection { edges { node { ...More } } } } } }
         fragment More on Span { name ...Less } fragment Less on Span { ${field} }`,
          { id: traceIdOf('10') },
        )
      } finally {
        instead = {}
      }
      expect(read).toEqual([false, false, true])
    },
  )

  it.each([
    ['first: 0', '1 to 1000'],
    ['first: 1001', '1 to 1000'],
    ['after: "x"', 'no cursor of this trace'],
    ['after: "0123456789abcdef"', 'no cursor of this trace'],
    ['at: -1', 'a row from 0 on'],
    ['spanId: "a"', 'the id of a span of this trace'],
    ['spanId: "00000000000000ff"', 'the id of a span of this trace'],
    ['at: 1, spanId: "000000000000000a"', 'at most one of them'],
  ])('refuses %s', async (args, words) => {
    await expect(page(traceIdOf('10'), args)).rejects.toThrow(words)
  })
})
