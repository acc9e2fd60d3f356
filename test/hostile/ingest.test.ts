import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storedLevel } from '../../ingest/parse/level.js'
import { createScrubber } from '../../ingest/scrub/index.js'
import { writeStringLiteral } from '../../query/logql/string-literal.js'
import { evaluateInstant } from '../../query/promql/index.js'
import { QueryError } from '../../schema/domain/query-error.js'
import type { LogReader, RumReader } from '../../schema/ports.js'
import { createLogReader } from '../../sql/log-reader.js'
import { createMetricReader } from '../../sql/metric-reader.js'
import { createRumReader } from '../../sql/rum/reader.js'
import { createTraceReader } from '../../sql/trace-reader.js'
import { type IngestPipeline, openIngestPipeline } from '../acceptance/ingest-pipeline.js'
import { sendAll } from './send.js'
import { HOSTILE_STRINGS } from './strings.js'

/*
 * Every string through every text of every signal: refused by name, or stored and found again as it was, save that half
 * a surrogate pair, which no UTF-8 can hold, becomes U+FFFD.
 */

let pipeline: IngestPipeline
const ORG = 'org_1'
const NOW = Date.now()
const RANGE = { from: NOW - 3_600_000, to: NOW + 3_600_000 }
const scrubber = createScrubber(ORG, new Uint8Array(32))
const numbered = [...HOSTILE_STRINGS.entries()]
const kept = (text: string) => Buffer.from(text).toString()

beforeAll(async () => {
  pipeline = await openIngestPipeline()
})
afterAll(() => pipeline.close())

/** Which of the strings are in rows, by their number; fails where one is not as it was sent. */
function expectKept(
  rows: readonly { readonly n: number; readonly value: unknown }[],
  expected: (text: string) => string = kept,
): void {
  const wrong = rows.filter(({ n, value }) => value !== expected(HOSTILE_STRINGS[n] ?? ''))
  expect(wrong.slice(0, 5)).toEqual([])
}

/** Selectors that ask for many strings at once, each with the strings it must find. */
function selectors(where: string, compare: (text: string) => string, texts: readonly [number, string][]) {
  const groups: { query: string; numbers: number[] }[] = []
  for (const [n, text] of texts) {
    const last = groups.at(-1)
    const part = compare(kept(text))
    if (last !== undefined && last.query.length + part.length < 6_000 && last.numbers.length < 60) {
      last.query += ` or ${part}`
      last.numbers.push(n)
    } else groups.push({ query: `${where} | ${part}`, numbers: [n] })
  }
  return groups
}
const escapeRegex = (text: string) => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')
const equals = (label: string) => (text: string) => `${label}=${writeStringLiteral(text)}`
const matches = (label: string) => (text: string) => `${label}=~${writeStringLiteral(escapeRegex(text))}`
/** What one selector can hold. */
const short = numbered.filter(([, text]) => text !== '' && text.length < 1_000)

describe('logs', () => {
  const FIELDS = ['service', 'level', 'message', 'traceId', 'spanId', 'value', 'key'] as const
  let reader: LogReader
  let accepted = 0
  beforeAll(async () => {
    reader = createLogReader(pipeline.clickhouse.reader, ORG)
    for (const field of FIELDS) accepted += await sendAll(pipeline, '/v1/logs', 'logs', itemsOf(field))
    await pipeline.settled()
  })

  function itemsOf(field: (typeof FIELDS)[number]) {
    return numbered.map(([n, text]) => {
      const own = { field, n }
      if (field === 'value') return { message: 'm', attributes: { ...own, value: text } }
      if (field === 'key') return { message: 'm', attributes: { [text]: 'found', ...own } }
      return { message: 'm', [field]: text, attributes: own }
    })
  }

  async function found(field: string) {
    const { records } = await search(`{field="${field}"}`)
    return records.map(({ record }) => record)
  }
  function search(selector: string) {
    return reader.search({ selector, ...RANGE, first: 1_000, after: null, order: 'ASC' })
  }

  it.each(FIELDS)('keep every %s', async (field) => {
    const records = await found(field)
    expect(records.length).toBeGreaterThan(field === 'level' ? 400 : 480)
    const rows = records.map((record) => {
      const n = Number(record.attributes.n)
      if (field === 'value') return { n, value: record.attributes.value }
      if (field !== 'key') return { n, value: record[field] }
      const key = kept(HOSTILE_STRINGS[n] ?? '')
      // A name such as ../etc/passwd is that of a secret.
      const value = scrubber.value(key, 'found')
      return { n, value: Object.hasOwn(record.attributes, key) && record.attributes[key] === value ? key : null }
    })
    const expected = (text: string): string | null => {
      if (field === 'service') return kept(text) || 'unknown'
      if (field === 'level') return kept(storedLevel(text))
      return field === 'traceId' || field === 'spanId' ? kept(text) || null : kept(text)
    }
    expectKept(rows, expected as (text: string) => string)
  })

  it('are as many as were accepted', async () => {
    const [row] = await pipeline.select('SELECT count() AS n FROM logs')
    expect(row?.n).toBe(accepted)
  })

  it.each([
    ['value', equals('value')],
    ['value', matches('value')],
    ['service', equals('service')],
    ['service', matches('service')],
  ])('are found by their %s', async (field, compare) => {
    const there = new Set((await found(field)).map(({ attributes }) => attributes.n))
    const asked = short.filter(([n]) => there.has(n))
    for (const { query, numbers } of selectors(`{field="${field}"}`, compare, asked)) {
      const { records } = await search(query)
      // Half pairs of surrogates fall together in U+FFFD.
      const wanted = new Set(numbers.map((n) => kept(HOSTILE_STRINGS[n] ?? '')))
      const got = records.map(({ record }) => (field === 'value' ? record.attributes.value : record.service))
      expect(new Set(got)).toEqual(wanted)
    }
  })

  it('are found by what their line contains', async () => {
    const all = await found('message')
    for (const [, text] of short.filter((_, i) => i % 10 === 0)) {
      const { records } = await search(`{field="message"} |= ${writeStringLiteral(kept(text))}`)
      const wanted = all.filter(({ message }) => message.includes(kept(text)))
      expect(records.map(({ record }) => record.id)).toEqual(wanted.map(({ id }) => id))
    }
  })

  it('answer any text as a query with records or a QueryError', async () => {
    for (const [, text] of numbered) {
      const outcome = await search(text).then(
        () => 'records',
        (error: unknown) => (error instanceof QueryError ? 'QueryError' : String(error)),
      )
      expect([text, outcome]).toEqual([text, expect.stringMatching(/^(records|QueryError)$/)])
    }
  })
})

describe('metrics', () => {
  const reader = () => createMetricReader(pipeline.database.pool, ORG)
  let accepted = 0
  beforeAll(async () => {
    const point = (name: string, labels: object, more: object = {}) => ({
      name,
      value: 1,
      timestamp: NOW,
      labels,
      ...more,
    })
    const batches = [
      numbered.map(([n, text]) => point('by_value', { n: String(n), value: text })),
      numbered.map(([n, text]) => point('by_service', { n: String(n) }, { service: text })),
      numbered.map(([n, text]) => point('by_label', { n: String(n), [text]: 'found' })),
      numbered.map(([, text]) => point(text, {})),
    ]
    for (const items of batches) accepted += await sendAll(pipeline, '/v1/metrics', 'metrics', items)
    await pipeline.settled()
  })

  it.each([
    ['by_value', 'value'],
    ['by_service', 'service'],
  ])('of %s keep every value but those with U+0000, and are found by it', async (metric, label) => {
    const source = {
      select: (...args: Parameters<ReturnType<typeof reader>['select']>) => reader().select(args[0], args[1], null),
    }
    const all = await reader().select([{ name: '__name__', op: '=', value: metric }], { start: NOW, end: NOW }, null)
    expectKept(all.map(({ labels }) => ({ n: Number(labels.n), value: labels[label] ?? '' })))
    const missing = numbered.filter(([n]) => !all.some(({ labels }) => labels.n === String(n)))
    expect(missing.filter(([, text]) => !text.includes('\0') && text.length <= 255)).toEqual([])
    for (const [n, text] of short.filter(([n]) => n % 4 === 0 && all.some(({ labels }) => labels.n === String(n)))) {
      const query = `${metric}{${label}=${JSON.stringify(kept(text))}, n="${n}"}`
      const result = await evaluateInstant(query, { source: source as never, at: NOW })
      expect([query, result.kind === 'vector' && result.samples.length]).toEqual([query, 1])
    }
  })

  it('refuse names that PromQL could not name, and hold what was accepted', async () => {
    const stored = await pipeline.samples()
    expect(stored.length).toBe(accepted)
    for (const { name, labels } of stored)
      expect([name, ...Object.keys(labels)].filter((each) => !/^[a-zA-Z_:][\w:.]*$/.test(each))).toEqual([])
  })
})

describe('spans', () => {
  const hex = (n: number, digits: number) => (n + 1).toString(16).padStart(digits, '0')
  const FIELDS: Readonly<Record<string, readonly [column: string, item: (text: string) => object]>> = {
    name: ['name', (name) => ({ name })],
    service: ['service', (service) => ({ service })],
    traceState: ['trace_state', (traceState) => ({ traceState })],
    statusMessage: ['status_message', (statusMessage) => ({ statusMessage })],
    'scope name': ['scope_name', (name) => ({ scope: { name } })],
    'scope version': ['scope_version', (version) => ({ scope: { version } })],
    'event name': ['events_name[1]', (name) => ({ events: [{ timestamp: NOW, name }] })],
    'event attribute': [
      `events_attributes[1]['a']`,
      (a) => ({ events: [{ timestamp: NOW, name: 'e', attributes: { a } }] }),
    ],
    'link attribute': [
      `links_attributes[1]['a']`,
      (a) => ({ links: [{ traceId: hex(0, 32), spanId: hex(0, 16), attributes: { a } }] }),
    ],
    'attribute value': [`attributes_string['a']`, (a) => ({ attributes: { a } })],
    'resource value': [`attributes_string['resource.a']`, (a) => ({ resource: { a } })],
  }

  it.each(Object.entries(FIELDS))('keep every %s', async (field, [column, item]) => {
    const trace = hex(1_000 + Object.keys(FIELDS).indexOf(field), 32)
    const items = numbered.map(([n, text]) => ({
      ...{ traceId: trace, spanId: hex(n, 16), name: 'span', start: NOW, durationNs: 1 },
      ...item(text),
    }))
    const accepted = await sendAll(pipeline, '/v1/traces', 'spans', items)
    await pipeline.settled()
    const rows = await pipeline.select(`SELECT span_id, ${column} AS value FROM spans WHERE trace_id = '${trace}'`)
    expect(rows.length).toBe(accepted)
    expect(accepted).toBeGreaterThan(480)
    const unnamed = field === 'service' ? 'unknown' : ''
    expectKept(
      rows.map(({ span_id, value }) => ({ n: Number.parseInt(String(span_id), 16) - 1, value })),
      (text) => kept(text) || unnamed,
    )
  })
})

describe('traces', () => {
  const trace = 'c'.repeat(32)
  it('are found by any name, service and attribute of a span', async () => {
    const texts = short.filter(([n, text]) => n % 12 === 0 && text.length <= 255).map(([, text]) => text)
    const items = texts.map((text, i) => ({
      ...{ traceId: trace, spanId: (i + 1).toString(16).padStart(16, '0'), start: NOW, durationNs: 1 },
      ...{ name: `t${text}`, service: `t${text}`, attributes: { mine: `t${text}` } },
    }))
    expect(await sendAll(pipeline, '/v1/traces', 'spans', items)).toBe(items.length)
    await pipeline.settled()
    const reader = createTraceReader(pipeline.clickhouse.reader, ORG)
    const any = { ...RANGE, filter: null, service: null, name: null, minDurationMs: null, maxDurationMs: null }
    for (const text of texts) {
      const own = kept(`t${text}`)
      const filter = `{name=${writeStringLiteral(own)}, mine=${writeStringLiteral(own)}}`
      for (const asked of [{ name: own, service: own }, { filter }]) {
        const page = await reader.search({ ...any, ...asked, errorsOnly: false, first: 5, after: null })
        expect([asked, page.traces.map(({ summary }) => summary.traceId)]).toEqual([asked, [trace]])
      }
    }
    const [row] = (
      await reader.search({ ...any, errorsOnly: false, name: kept(`t${texts[0]}`), first: 5, after: null })
    ).traces
    expect(new Set(row?.summary.services)).toEqual(new Set(texts.map((text) => kept(`t${text}`))))
  })
})

describe('browser events', () => {
  let reader: RumReader
  beforeAll(() => {
    reader = createRumReader(pipeline.clickhouse.reader, ORG)
  })
  const error = (fields: object) => ({ type: 'error', error: { message: 'm', ...fields } })
  const FIELDS: Readonly<Record<string, readonly [column: string, item: (text: string) => object]>> = {
    ...Object.fromEntries(
      ['app', 'environment', 'page', 'url', 'referrer', 'browser', 'os', 'device', 'region', 'city'].map((field) => [
        field,
        [field, (text: string) => ({ [field]: text })],
      ]),
    ),
    appVersion: ['app_version', (appVersion) => ({ appVersion })],
    session: ['session_id', (session) => ({ session })],
    user: ['user_id', (user) => ({ user })],
    view: ['view_id', (view) => ({ view })],
    name: ['name', (name) => ({ name })],
    userAgent: ['user_agent', (userAgent) => ({ userAgent })],
    browserVersion: ['browser_version', (browserVersion) => ({ browserVersion })],
    osVersion: ['os_version', (osVersion) => ({ osVersion })],
    'error type': ['error_type', (type) => error({ type })],
    'error message': ['error_message', (message) => error({ message })],
    'error stack': ['error_stack', (stack) => error({ stack })],
    fingerprint: ['fingerprint', (fingerprint) => error({ fingerprint: fingerprint || 'none' })],
    attribution: [`attribution['a']`, (a) => ({ attribution: { a } })],
    attribute: [`attributes_string['a']`, (a) => ({ attributes: { a } })],
  }

  it.each(Object.entries(FIELDS))('keep every %s', async (field, [column, item]) => {
    const items = numbered.map(([n, text]) => {
      const { attributes, ...made } = item(text) as { attributes?: object }
      return { type: 'custom', name: 'c', ...made, attributes: { ...attributes, field, n } }
    })
    const accepted = await sendAll(pipeline, '/v1/rum', 'events', items)
    await pipeline.settled()
    const rows = await pipeline.select(
      `SELECT attributes_number['n'] AS n, ${column} AS value FROM rum WHERE attributes_string['field'] = '${field}'`,
    )
    expect(rows.length).toBe(accepted)
    expect(accepted).toBeGreaterThan(480)
    const empty = field === 'fingerprint' ? 'none' : ''
    expectKept(
      rows.map(({ n, value }) => ({ n: Number(n), value })),
      (text) => kept(text) || empty,
    )
  })

  it('are found by session, and sessions by what their events hold', async () => {
    for (const { query, numbers } of selectors(
      `{field="session"}`,
      equals('session'),
      short.filter(([, text]) => text.length <= 255),
    )) {
      const { items } = await reader.sessions({ ...RANGE, filter: query, first: 100, after: null })
      expect(new Set(items.map(({ value }) => value.id))).toEqual(
        new Set(numbers.map((n) => kept(HOSTILE_STRINGS[n] ?? ''))),
      )
    }
    for (const [, text] of short.filter(([n, each]) => n % 16 === 0 && each.length <= 255)) {
      const session = await reader.session({ ...RANGE, id: kept(text) })
      expect(session?.id).toBe(kept(text))
      const { items } = await reader.sessionEvents({ ...RANGE, id: kept(text), first: 10, after: null })
      expect(items.some(({ value }) => value.session === kept(text))).toBe(true)
    }
  })

  it('are grouped by any page and any fingerprint', async () => {
    const { items } = await reader.errors({ ...RANGE, filter: '{field="fingerprint"}', first: 1_000, after: null })
    const sent = numbered.filter(([, text]) => text.length <= 255).map(([, text]) => kept(text) || 'none')
    expect(new Set(items.map(({ value }) => value.fingerprint))).toEqual(new Set(sent))
  })
})
