import { afterAll, beforeAll, expect, it } from 'vitest'
import type { EmbeddedClickHouse } from '../embedded/chdb.js'
import { type GivenSpan, insertSpans, SPANS_AT } from '../test/builders/spans.js'
import { openTestClickHouse } from '../test/harness/stores.js'
import { serviceMap } from './service-map.js'
import { createTraceReader } from './trace-reader.js'
import { walledFor } from './walled.js'

let clickhouse: EmbeddedClickHouse
const mapOf = (org: string) =>
  createTraceReader(walledFor(clickhouse.reader, org), org).serviceMap({ from: SPANS_AT, to: SPANS_AT + 60_000 })

beforeAll(async () => {
  clickhouse = await openTestClickHouse()
})
afterAll(() => clickhouse.close())

it('counts calls from service to service, and to what sends no spans', async () => {
  const calls = Array.from({ length: 100 }, (_, i): GivenSpan[] => [
    { trace: `${i}`, id: '1', start: i, service: 'web', kind: 'server' },
    {
      trace: `${i}`,
      id: '2',
      parent: '1',
      start: i,
      service: 'web',
      kind: 'client',
      attributes: { 'peer.service': 'api' },
    },
    { trace: `${i}`, id: '3', parent: '2', start: i, ms: i + 1, service: 'api', status: i < 5 ? 'error' : 'ok' },
    {
      trace: `${i}`,
      id: '4',
      parent: '3',
      start: i,
      ms: 2,
      service: 'api',
      kind: 'client',
      attributes: { 'db.system': 'postgresql', 'peer.service': 'orders-db' },
    },
  ])
  await insertSpans(clickhouse.writer, [
    ...calls.flat(),
    { trace: '0', id: '5', parent: '3', service: 'api', kind: 'producer', attributes: { 'messaging.system': 'kafka' } },
    {
      trace: '0',
      id: '6',
      parent: '5',
      service: 'jobs',
      kind: 'consumer',
      ms: 4,
      attributes: { 'messaging.system': 'kafka' },
    },
    {
      trace: '0',
      id: '7',
      parent: '6',
      service: 'jobs',
      kind: 'client',
      status: 'error',
      attributes: { 'peer.service': 'mail' },
    },
    // The same trace and span ids in another org, and a parent that is not there.
    { trace: '0', id: '1', org: 'org_b', service: 'theirs' },
    { trace: '0', id: '8', parent: 'ff', service: 'api' },
  ])
  const map = await mapOf('org_a')
  expect(map).toMatchObject({ spanCount: 404, sampledOneIn: 1, truncated: false })
  expect(map.edges.map(({ p50Ms: _, p95Ms: __, p99Ms: ___, ...edge }) => Object.values(edge).join(' '))).toEqual([
    'api SERVICE postgresql DATABASE 100 0',
    'web SERVICE api SERVICE 100 5',
    'api SERVICE jobs SERVICE 1 0',
    'api SERVICE kafka MESSAGING 1 0',
    'jobs SERVICE mail EXTERNAL 1 1',
    'kafka MESSAGING jobs SERVICE 1 0',
  ])
  expect(map.edges[1]).toMatchObject({ p50Ms: 51, p95Ms: 96, p99Ms: 100 })
  expect(map.nodes.map(({ name, kind, spans, errors }) => [name, kind, spans, errors].join(' '))).toEqual([
    'api SERVICE 202 5',
    'web SERVICE 200 0',
    'postgresql DATABASE 100 0',
    'jobs SERVICE 2 1',
    'kafka MESSAGING 2 0',
    'mail EXTERNAL 1 1',
  ])
})

it('finds callers that began a little before the range, and repeats no call for a repeated span id', async () => {
  await insertSpans(clickhouse.writer, [
    { org: 'org_c', id: '1', start: -1_000, ms: 5_000, service: 'web' },
    { org: 'org_c', id: '1', start: -900, service: 'web' },
    { org: 'org_c', id: '2', parent: '1', start: 5, service: 'api' },
    { org: 'org_c', id: '3', parent: '1', start: 6, service: 'api' },
  ])
  const { edges, spanCount } = await mapOf('org_c')
  expect(edges).toMatchObject([{ caller: 'web', callee: 'api', calls: 2, errors: 0 }])
  expect(spanCount).toBe(2)
})

it('reads whole traces, one in so many, where there are too many spans, and multiplies what it counted', async () => {
  const pairs = Array.from({ length: 200 }, (_, i): GivenSpan[] => [
    { org: 'org_d', trace: `d${i}`, id: '1', service: 'web' },
    { org: 'org_d', trace: `d${i}`, id: '2', parent: '1', service: 'api' },
  ])
  await insertSpans(clickhouse.writer, pairs.flat())
  const map = await serviceMap(
    walledFor(clickhouse.reader, 'org_d'),
    'org_d',
    { from: SPANS_AT, to: SPANS_AT + 60_000 },
    100,
  )
  expect(map).toMatchObject({ spanCount: 400, sampledOneIn: 4 })
  const [edge] = map.edges
  expect([edge?.caller, edge?.callee, (edge?.calls ?? 1) % 4]).toEqual(['web', 'api', 0])
  // 200 traces, of which a hash of their ids takes about a fourth: the same ones each time.
  expect(edge?.calls).toBeGreaterThan(100)
  expect(edge?.calls).toBeLessThan(320)
  expect(map.nodes.map(({ spans }) => spans)).toEqual([edge?.calls, edge?.calls])
})

it('is empty where nothing is', async () => {
  expect(await mapOf('org_none')).toEqual({ nodes: [], edges: [], spanCount: 0, sampledOneIn: 1, truncated: false })
})
