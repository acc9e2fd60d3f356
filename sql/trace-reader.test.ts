import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EmbeddedClickHouse } from '../embedded/chdb.js'
import { finish, traceTree } from '../query/traces/index.js'
import { wordsHex } from '../schema/domain/trace.js'
import type { TraceReader } from '../schema/ports.js'
import { insertSpans, SPANS_AT, traceIdOf } from '../test/builders/spans.js'
import { openTestClickHouse } from '../test/harness/stores.js'
import { createTraceReader } from './trace-reader.js'
import { walledFor } from './walled.js'

let clickhouse: EmbeddedClickHouse
let reader: TraceReader
const NS = BigInt(SPANS_AT) * 1_000_000n

beforeAll(async () => {
  clickhouse = await openTestClickHouse()
  reader = createTraceReader(walledFor(clickhouse.reader, 'org_a'), 'org_a')
})
afterAll(() => clickhouse.close())

async function skeletonOf(traceId: string) {
  const extent = await reader.extent(traceId)
  if (extent === null) throw new Error(`There is no trace ${traceId}.`)
  return { extent, skeleton: await reader.skeleton(traceId, extent) }
}

describe('a trace by its id', () => {
  it('comes with its columns, however many inserts and days it took', async () => {
    const trace = 'a1'
    await insertSpans(clickhouse.writer, [
      { trace, id: 'b', parent: 'fedcba9876543210', start: 20, ms: 5, service: 'db', status: 'error' },
      { trace, id: 'fedcba9876543210', start: 0.000001, ms: 86_400_000, service: 'web' },
    ])
    await insertSpans(clickhouse.writer, [{ trace, id: 'c', parent: 'b', start: 86_399_990, ms: 0, service: 'db' }])
    const { extent, skeleton } = await skeletonOf(traceIdOf(trace))
    expect(extent).toEqual({
      startedAt: '2026-03-01T12:00:00.000000001Z',
      firstStartNs: NS + 1n,
      lastEndNs: NS + 86_400_000_000_001n,
      spanCount: 3,
    })
    const shown = [...skeleton.startNs].map((startNs, i) => ({
      startNs,
      durationNs: skeleton.durationNs[i],
      id: wordsHex(skeleton.spanId, i),
      parent: wordsHex(skeleton.parentId, i),
      service: skeleton.services[skeleton.service[i] ?? -1],
      failed: skeleton.failed[i],
    }))
    expect(shown.sort((a, b) => a.startNs - b.startNs)).toEqual([
      {
        startNs: 0,
        durationNs: 86_400_000_000_000,
        id: 'fedcba9876543210',
        parent: '0000000000000000',
        service: 'web',
        failed: 0,
      },
      {
        startNs: 19_999_999,
        durationNs: 5e6,
        id: '000000000000000b',
        parent: 'fedcba9876543210',
        service: 'db',
        failed: 1,
      },
      {
        startNs: 86_399_989_999_999,
        durationNs: 0,
        id: '000000000000000c',
        parent: '000000000000000b',
        service: 'db',
        failed: 0,
      },
    ])
    const tree = finish(traceTree(skeleton))
    expect([...tree.order].map((span) => tree.depth[span])).toEqual([0, 1, 2])
  })

  it('names each stored row, those of one span id too, and hands them out whole', async () => {
    const trace = 'a2'
    const more = {
      status_message: 'no',
      trace_state: 'k=v',
      scope_name: 'lib',
      scope_version: '1.2',
      attributes_string: { 'http.route': '/x' },
      attributes_number: { 'http.status_code': 503 },
      attributes_bool: { retry: true },
      events_ts: ['2026-03-01 12:00:00.000000005'],
      events_name: ['exception'],
      events_attributes: [{ type: 'E' }],
      links_trace_id: [traceIdOf('b')],
      links_span_id: ['00000000000000ff'],
      links_attributes: [{ why: 'batch' }],
    }
    await insertSpans(clickhouse.writer, [
      { trace, id: '5', start: 1, name: 'first', more },
      { trace, id: '5', start: 1, name: 'second' },
      { trace, id: '6', start: 2, name: 'other' },
    ])
    const { skeleton } = await skeletonOf(traceIdOf(trace))
    const rows = [0, 1].map((i) => wordsHex(skeleton.row, i))
    const wanted = { rows, services: ['api'], whole: true, fromNs: NS + 1_000_000n, toNs: NS + 1_000_000n }
    const spans = await reader.spans(traceIdOf(trace), wanted)
    expect(spans.map(({ row }) => row).sort()).toEqual([...rows].sort())
    expect(spans.map(({ name }) => name).sort()).toEqual(['first', 'second'])
    const [light] = await reader.spans(traceIdOf(trace), { ...wanted, rows: rows.slice(0, 1), whole: false })
    expect(light).toMatchObject({ spanId: '0000000000000005', attributes: {}, events: [], links: [] })
    expect(spans.find(({ name }) => name === 'first')).toMatchObject({
      spanId: '0000000000000005',
      parentSpanId: null,
      startedAt: '2026-03-01T12:00:00.001Z',
      durationNs: 1e6,
      statusMessage: 'no',
      traceState: 'k=v',
      scopeName: 'lib',
      scopeVersion: '1.2',
      attributes: { 'http.route': '/x', 'http.status_code': 503, retry: true },
      events: [{ at: '2026-03-01T12:00:00.000000005Z', name: 'exception', attributes: { type: 'E' } }],
      links: [{ traceId: traceIdOf('b'), spanId: '00000000000000ff', attributes: { why: 'batch' } }],
    })
  })

  it('is not there for another org, nor before its first span', async () => {
    const trace = 'a3'
    await insertSpans(clickhouse.writer, [{ trace, id: '1', org: 'org_b' }])
    expect(await reader.extent(traceIdOf(trace))).toBeNull()
    expect(await reader.extent(traceIdOf('fff'))).toBeNull()
    await insertSpans(clickhouse.writer, [{ trace, id: '2', start: 5 }])
    const { extent, skeleton } = await skeletonOf(traceIdOf(trace))
    expect(extent.spanCount).toBe(1)
    expect(wordsHex(skeleton.spanId, 0)).toBe('0000000000000002')
    const everything = {
      rows: [wordsHex(skeleton.row, 0)],
      services: ['api'],
      whole: true,
      fromNs: NS,
      toNs: NS + 10_000_000n,
    }
    const theirs = createTraceReader(walledFor(clickhouse.reader, 'org_b'), 'org_b')
    expect(await theirs.spans(traceIdOf(trace), everything)).toEqual([])
  })

  it('is not read for a caller who left', async () => {
    const signal = AbortSignal.abort()
    await expect(reader.extent(traceIdOf('a1'), { signal })).rejects.toMatchObject({ name: 'QueryCancelledError' })
  })
})
