import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { EmbeddedClickHouse } from '../../embedded/chdb.js'
import { buildGatewaySchema } from '../../gateway/graphql/schema.js'
import { USER_ERROR_CODES } from '../../schema/domain/errors.js'
import { parseTimestamp } from '../../schema/domain/timestamp.js'
import { createLogReader } from '../../sql/log-reader.js'
import { createLogSeriesReader } from '../../sql/log-series.js'
import { createMetricWriter } from '../../sql/metric-store.js'
import { createRumReader } from '../../sql/rum/reader.js'
import { createTraceReader } from '../../sql/trace-reader.js'
import { walledFor } from '../../sql/walled.js'
import { addOrg, useGateway } from '../harness/gateway.js'
import { openTestClickHouse } from '../harness/stores.js'
import { argumentsWith, documentOf, type Operation, operationsOf, selectionOf, type TextPlace } from './operations.js'
import { HOSTILE_STRINGS, SHARPEST } from './strings.js'

/*
 * Every string through every text of every operation's arguments: answered in GraphQL's form, with a closed code where it
 * is wrong, and never with another org's data or a word of our own inside.
 */

/** Stands in everything that the other org has. */
const MARK = 'of-another-org'
const AT = '2026-03-01T12:00:00'

let clickhouse: EmbeddedClickHouse
beforeAll(async () => {
  clickhouse = await openTestClickHouse()
})
const walled = (orgId: string) => walledFor(clickhouse.reader, orgId)
const gateway = useGateway(() => ({
  logs: { forOrg: (orgId) => createLogReader(walled(orgId), orgId) },
  logSeries: { forOrg: (orgId) => createLogSeriesReader(walled(orgId), orgId) },
  rum: { forOrg: (orgId) => createRumReader(walled(orgId), orgId) },
  traces: { forOrg: (orgId) => createTraceReader(walled(orgId), orgId) },
}))
afterAll(() => clickhouse.close())

beforeAll(async () => {
  const { orgId, apiToken } = await addOrg(gateway, 'other')
  const [{ id: own } = { id: '' }] = await gateway.database.org.findMany({ where: { slug: { not: 'other' } } })
  for (const [org, mark] of [
    [orgId, MARK],
    [own, 'ours'],
  ] as const) {
    const row = {
      org_id: org,
      ts: AT,
      batch_id: '00000000-0000-4000-8000-000000000000',
      item: 0,
      flush_id: 1,
      accepted_at: AT,
      retention_days: 9_999,
    }
    await insert('logs', { ...row, service: mark, level: 'info', message: mark, attributes_string: { a: mark } })
    const rum = { app: mark, session_id: mark, page: mark, fingerprint: mark, error_message: mark }
    await insert('rum', { ...row, ...rum, type: 'error' })
    const span = { trace_id: 'ab'.repeat(16), span_id: 'cd'.repeat(8), service: mark, name: mark, duration_ns: 5 }
    await insert('spans', { ...row, ...span, kind: 'server', status: 'error' })
    const sample = { name: `m_${mark.replaceAll('-', '_')}`, labels: { who: mark }, ts: Date.parse(`${AT}Z`), value: 1 }
    await createMetricWriter(gateway.pool).insert(1n, [{ orgId: org, kind: 'gauge', ...sample }])
  }
  const channel = `mutation { channelCreate(input: {key: "${MARK}", name: "${MARK}", config: {email: {to: ["${MARK}@x.example"]}}}) { userErrors { message } } }`
  const rule = '{threshold: {measure: {logs: {}}, window: "5m", comparison: GT, critical: 1}}'
  const monitor = `mutation { monitorCreate(input: {monitor: {key: "${MARK}", name: "${MARK}", rule: ${rule}}}) { userErrors { message } } }`
  for (const query of [channel, monitor]) {
    const { data, errors } = await gateway.ask(query, {}, apiToken)
    expect([errors, Object.values(data as object)]).toEqual([[], [{ userErrors: [] }]])
  }
})

let inserts = 0
async function insert(table: string, row: object): Promise<void> {
  const body = Buffer.from(JSON.stringify(row))
  await clickhouse.writer.insertRows({ table, format: 'JSONEachRow', body, token: `t${inserts++}` })
}

/** What a request may be refused with as a whole, or a field of it. */
const CODES: readonly string[] = ['BAD_USER_INPUT', 'NOT_FOUND', 'UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED']

interface Body {
  readonly data?: object | null
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
}
const codesIn = ({ errors = [] }: Body) => errors.map(({ extensions }) => extensions.code)

/** A subscription has no `userErrors`: mistakes are its errors. */
const REFUSALS: readonly string[] = [...CODES, ...USER_ERROR_CODES]

async function ask(query: string, variables: object, known: readonly string[] = CODES): Promise<void> {
  const payload = { query, variables }
  const headers = { authorization: `Bearer ${gateway.first.apiToken}` }
  const answer = await gateway.inject({ method: 'POST', url: '/graphql', headers, payload })
  const text = answer.body
  const place = JSON.stringify(payload).slice(0, 400)
  if (gateway.failures.length > 0) expect([place, gateway.failures.splice(0)]).toEqual([place, []])
  expect([200, 400, 401]).toContain(answer.statusCode)
  expect(text).not.toContain(MARK)
  expect(text).not.toMatch(/node_modules|\\n\s+at /)
  const body = JSON.parse(text) as Body
  const codes = codesIn(body)
  expect([place, codes.filter((code) => !known.includes(code))]).toEqual([place, []])
  if (body.data == null) expect(codes.length).toBeGreaterThan(0)
  for (const found of text.matchAll(/"userErrors":\[\{"code":"([A-Z_]+)"/g))
    expect(USER_ERROR_CODES).toContain(found[1])
}

const isRefused = (text: string) => text.includes('\0') || /\p{Surrogate}/u.test(text)
/** Variables of a type that reads its texts are refused together, so what passes is asked apart. */
const passes = ({ type }: TextPlace, text: string) => type !== 'DateTime' || parseTimestamp(text) !== null

async function askAll(operation: Operation, asked: readonly (readonly [TextPlace, string])[]): Promise<void> {
  const { fields } = selectionOf(operation.field.type)
  const most = Math.max(1, Math.min(25, Math.floor(190 / (fields + 1)), Math.floor(1_500 / ((fields + 20) * 1.5))))
  const kinds = [
    asked.filter(([, text]) => isRefused(text)),
    asked.filter(([place, text]) => !isRefused(text) && !passes(place, text)),
    asked.filter(([place, text]) => !isRefused(text) && passes(place, text)),
  ]
  for (const kind of kinds)
    for (let at = 0; at < kind.length; at += most) {
      const calls = kind.slice(at, at + most).map(([place, text]) => argumentsWith(operation.field, place, text))
      const { query, variables } = documentOf(operation, calls)
      await ask(query, variables)
    }
}

const OPERATIONS = operationsOf(buildGatewaySchema())

/** All strings everywhere take minutes; otherwise each operation has its turn of them, and the sharpest in each place. */
const isWhole = process.env.TOCSIN_TEST_STRINGS === 'all'
const TURNS = 10

/** What an operation is asked with, and where. */
function textsFor({ places }: Operation, turn: number): (readonly [TextPlace, string])[] {
  const everywhere = places.flatMap((place, i) =>
    (isWhole ? HOSTILE_STRINGS : SHARPEST.filter((_, j) => (i + j) % (places.length < 8 ? 3 : 8) === 0)).map(
      (text) => [place, text] as const,
    ),
  )
  const own = HOSTILE_STRINGS.filter((_, i) => i % TURNS === turn % TURNS)
  const inTurn = own.flatMap((text, i) => {
    const place = places[i % places.length]
    return place === undefined ? [] : [[place, text] as const]
  })
  return [...everywhere, ...inTurn]
}

const CASES = OPERATIONS.filter(({ kind, places }) => kind !== 'subscription' && places.length > 0).map(
  (operation, i) => [operation, i] as const,
)
it.each(CASES)('$field.name bears hostile strings', async (operation, turn) => {
  await askAll(operation, textsFor(operation, turn))
})

const SUBSCRIPTIONS = OPERATIONS.filter(({ kind }) => kind === 'subscription')
it.each(SUBSCRIPTIONS)('$field.name bears hostile strings', async (operation) => {
  if (!gateway.app.server.listening) await gateway.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = gateway.app.server.address() as AddressInfo
  for (const [place, text] of textsFor(operation, 0)) {
    const { query, variables } = documentOf(operation, [argumentsWith(operation.field, place, text)])
    const gone = new AbortController()
    const answer = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${gateway.first.apiToken}`, accept: 'text/event-stream' },
        'content-type': 'application/json',
      },
      body: JSON.stringify({ query, variables }),
      signal: gone.signal,
    })
    // A stream begins with a comment; what is refused is JSON.
    const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false
    const codes = isStream ? [] : codesIn((await answer.json()) as Body)
    expect([text, isStream || codes.length > 0, codes.filter((code) => !REFUSALS.includes(code))]).toEqual([
      text,
      true,
      [],
    ])
    gone.abort()
  }
  expect(gateway.failures.splice(0)).toEqual([])
})

it('documents bear every string as a literal', async () => {
  const parsed = [...CODES, 'GRAPHQL_PARSE_FAILED']
  for (const text of isWhole ? HOSTILE_STRINGS : SHARPEST)
    await ask(`{ monitor(key: ${JSON.stringify(text)}) { id } }`, {}, parsed)
  for (const text of SHARPEST) {
    const block = `"""${text.replaceAll('"""', '\\"""')} """`
    await ask(`{ monitor(key: ${block}) { id } }`, {}, parsed)
    await ask(text, {}, [...parsed, 'GRAPHQL_VALIDATION_FAILED', 'QUERY_TOO_LARGE', 'BAD_REQUEST'])
  }
})
