import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { EmbeddedClickHouse } from '../../embedded/chdb.js'
import { exceeded } from '../../schema/domain/query-bounds.js'
import type { TraceReader } from '../../schema/ports/traces.js'
import { createTraceReader } from '../../sql/trace-reader.js'
import { walledFor } from '../../sql/walled.js'
import { insertSpans, SPANS_AT, traceIdOf } from '../../test/builders/spans.js'
import { useGateway } from '../../test/harness/gateway.js'
import { openTestClickHouse } from '../../test/harness/stores.js'

let clickhouse: EmbeddedClickHouse
let instead: Partial<TraceReader> = {}
const counted: object[] = []
const gateway = useGateway(() => ({
  traces: {
    forOrg: (orgId) => {
      const reader = createTraceReader(walledFor(clickhouse.reader, orgId), orgId)
      return {
        ...reader,
        facts: (query) => {
          counted.push(query)
          return reader.facts(query)
        },
        ...instead,
      }
    },
  },
}))

beforeAll(async () => {
  clickhouse = await openTestClickHouse()
  const org = (await gateway.database.org.findFirstOrThrow()).id
  await insertSpans(clickhouse.writer, [
    { org, trace: '1', id: '1', service: 'web', name: 'GET /', ms: 30 },
    {
      org,
      trace: '1',
      id: '2',
      parent: '1',
      start: 1,
      service: 'api',
      status: 'error',
      attributes: { 'http.route': '/x' },
    },
    { org, trace: '2', id: '3', start: 1_000, service: 'web', name: 'GET /', ms: 3 },
    { org, trace: '3', id: '4', start: 2_000, service: 'jobs', name: 'tick', ms: 3 },
  ])
})
afterAll(() => clickhouse.close())
beforeEach(() => {
  instead = {}
  counted.length = 0
})

const RANGE = { from: new Date(SPANS_AT).toISOString(), to: new Date(SPANS_AT + 60_000).toISOString() }
const ERRORS = 'userErrors { __typename code path message ... on QueryError { line column } }'
const LIST = `traces { nodes { traceId rootService rootName startedAt durationMs spanCount errorCount services }
  pageInfo { hasNextPage hasPreviousPage endCursor } }`
const traces = async (variables: object = {}, fields = LIST) =>
  gateway.ask(
    `query($from: DateTime!, $to: DateTime!, $filter: TraceFilter, $first: Int, $after: String) {
      traces(from: $from, to: $to, filter: $filter, first: $first, after: $after) { ${fields} ${ERRORS} } }`,
    { ...RANGE, ...variables },
  )

describe('traces', () => {
  it('lists what is found, a page at a time', async () => {
    const { data, errors } = await traces({ first: 2, filter: { service: 'web' } })
    expect(errors).toEqual([])
    expect(data.traces.userErrors).toEqual([])
    expect(data.traces.traces.nodes.map((node: { traceId: string }) => node.traceId)).toEqual([
      traceIdOf('2'),
      traceIdOf('1'),
    ])
    expect(data.traces.traces.nodes[1]).toEqual({
      traceId: traceIdOf('1'),
      rootService: 'web',
      rootName: 'GET /',
      startedAt: '2026-03-01T12:00:00.000Z',
      durationMs: 30,
      spanCount: 2,
      errorCount: 1,
      services: ['api', 'web'],
    })
    expect(counted).toEqual([])
    const one = await traces({ first: 1 })
    const { endCursor, ...info } = one.data.traces.traces.pageInfo
    expect(info).toEqual({ hasNextPage: true, hasPreviousPage: false })
    const next = await traces({ first: 1, after: endCursor })
    expect(next.data.traces.traces.nodes[0].traceId).toBe(traceIdOf('2'))
  })

  it('counts all that is found in one read, when asked to', async () => {
    const fields = 'count { value exact } errorCount { value } histogram { fromMs toMs count errors }'
    const { data } = await traces({ filter: { filter: '{service=~"web|api"}' }, first: 1 }, fields)
    expect(data.traces).toEqual({
      count: { value: 2, exact: true },
      errorCount: { value: 1 },
      histogram: [
        { fromMs: 2, toMs: 5, count: '1', errors: '0' },
        { fromMs: 5, toMs: 10, count: '0', errors: '0' },
        { fromMs: 10, toMs: 20, count: '0', errors: '0' },
        { fromMs: 20, toMs: 50, count: '1', errors: '1' },
      ],
      userErrors: [],
    })
    expect(counted).toHaveLength(1)
  })

  it.each<[string, object, object]>([
    [
      'a selector that does not parse',
      { filter: { filter: '{a=' } },
      { __typename: 'QueryError', code: 'QUERY_INVALID', path: ['filter'], line: 1 },
    ],
    ['a range that is empty', { to: RANGE.from }, { code: 'INVALID', path: ['to'] }],
    ['a duration below 0', { filter: { minDurationMs: -1 } }, { code: 'INVALID', path: ['filter', 'minDurationMs'] }],
    [
      'durations the wrong way round',
      { filter: { minDurationMs: 2, maxDurationMs: 1 } },
      { code: 'INVALID', path: ['filter', 'maxDurationMs'] },
    ],
    [
      'a service that is too long',
      { filter: { service: 'x'.repeat(1_025) } },
      { code: 'INVALID', path: ['filter', 'service'] },
    ],
  ])('answers %s in userErrors', async (_name, variables, expected) => {
    const { data, errors } = await traces(variables, `${LIST} count { value } histogram { count }`)
    expect(errors).toEqual([])
    expect(data.traces).toMatchObject({ traces: null, count: null, histogram: null, userErrors: [expected] })
  })

  it('says how to ask for less', async () => {
    instead = { search: () => Promise.reject(exceeded('rows', 200_000_000)) }
    const { data } = await traces()
    expect(data.traces.userErrors).toMatchObject([{ code: 'TOO_BROAD', path: ['filter'] }])
    expect(data.traces.userErrors[0].message).toContain('expected a shorter range')
  })

  it('refuses a page of more than 100', async () => {
    expect((await traces({ first: 101 })).errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })
})

describe('serviceMap', () => {
  const map = (variables: object = {}) =>
    gateway.ask(
      `query($from: DateTime!, $to: DateTime!) { serviceMap(from: $from, to: $to) {
        map { nodes { name kind spans errors } edges { caller callerKind callee calleeKind calls errors errorRate p50Ms p95Ms p99Ms }
          spanCount sampledOneIn truncated } ${ERRORS} } }`,
      { ...RANGE, ...variables },
    )

  it('shows who called whom, and what it counted', async () => {
    const { data } = await map()
    expect(data.serviceMap).toEqual({
      map: {
        nodes: [
          { name: 'web', kind: 'SERVICE', spans: '2', errors: '0' },
          { name: 'api', kind: 'SERVICE', spans: '1', errors: '1' },
          { name: 'jobs', kind: 'SERVICE', spans: '1', errors: '0' },
        ],
        edges: [
          {
            caller: 'web',
            callerKind: 'SERVICE',
            callee: 'api',
            calleeKind: 'SERVICE',
            calls: '1',
            errors: '1',
            errorRate: 1,
            p50Ms: 1,
            p95Ms: 1,
            p99Ms: 1,
          },
        ],
        spanCount: '4',
        sampledOneIn: 1,
        truncated: false,
      },
      userErrors: [],
    })
  })

  it('answers a range that is empty in userErrors', async () => {
    const { data } = await map({ to: RANGE.from })
    expect(data.serviceMap).toMatchObject({ map: null, userErrors: [{ code: 'INVALID', path: ['to'] }] })
  })
})
