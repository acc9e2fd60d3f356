import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { credential, NOW, openTestEdge, type TestAnswer, type TestEdge } from '../../test/ingest-edge.js'

const KEY = 'tk_page'
const ORIGIN = 'https://shop.example.com'
const EVENTS = JSON.stringify({ events: [{ type: 'view', page: '/cart' }] })

const keys = [
  credential(),
  credential({
    keyId: 'key_2',
    key: KEY,
    scheme: 'BROWSER',
    signals: ['rum'],
    secrets: [],
    allowedOrigins: [ORIGIN, 'https://*.wild.example'],
  }),
  credential({ keyId: 'key_3', key: 'tk_rum', signals: ['rum'] }),
]
let edge: TestEdge

beforeEach(async () => {
  edge = await openTestEdge({ keys, limits: { browserRequestsPerAddress: 5, browserBodyBytes: 1_000 } })
})
afterEach(() => edge.close())

const json = { 'content-type': 'application/json' }
const fromPage = (more: Record<string, string> = {}, body: string | Uint8Array = EVENTS) =>
  edge.send({ path: '/v1/rum', body, headers: { ...json, origin: ORIGIN, 'x-org-key': KEY, ...more } })
const beacon = (type: string, origin: string | null = ORIGIN) =>
  edge.send({
    path: `/v1/rum?key=${KEY}`,
    body: EVENTS,
    headers: { 'content-type': type, ...(origin === null ? {} : { origin }) },
  })
const outcome = (answer: TestAnswer) => [answer.status, answer.json.error?.code]

describe('a browser key', () => {
  test('sends RUM unsigned from its origins, and the page may read the answer', async () => {
    const answer = await fromPage()
    expect(outcome(answer)).toEqual([202, undefined])
    expect(edge.intake.batches).toMatchObject([{ orgId: 'org_1', keyId: 'key_2', signal: 'rum', items: 1 }])
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    })
    expect(answer.headers['access-control-expose-headers']).toContain('retry-after')
    const other = await fromPage({ origin: 'https://a.b.wild.example' })
    expect(other.headers['access-control-allow-origin']).toBe('https://a.b.wild.example')
  })

  test.each(['text/plain;charset=UTF-8', 'application/json'])('sends beacons of %s without headers', async (type) => {
    expect(outcome(await beacon(type))).toEqual([202, undefined])
  })

  test('may compress', async () => {
    expect(outcome(await fromPage({ 'content-encoding': 'gzip' }, gzipSync(EVENTS)))).toEqual([202, undefined])
  })

  test('repeats itself under an idempotency key', async () => {
    const first = await fromPage({ 'x-idempotency-key': 'k' })
    const again = await fromPage({ 'x-idempotency-key': 'k' })
    expect(again.json).toEqual(first.json)
  })

  test('shows the page what is wrong with its batch', async () => {
    const answer = await fromPage({}, '{"events":[{}]}')
    expect(outcome(answer)).toEqual([400, 'SCHEMA_INVALID'])
    expect(answer.headers['access-control-allow-origin']).toBe(ORIGIN)
  })

  test.each<[string, () => Promise<TestAnswer>, number, string]>([
    ['another origin', () => fromPage({ origin: 'https://evil.example' }), 403, 'ORIGIN_FORBIDDEN'],
    ['an opaque origin', () => fromPage({ origin: 'null' }), 403, 'ORIGIN_FORBIDDEN'],
    ['no origin', () => beacon('application/json', null), 401, 'UNAUTHENTICATED'],
    ['plain text without an origin', () => beacon('text/plain', null), 415, 'CONTENT_TYPE_UNSUPPORTED'],
    ['an unknown key', () => fromPage({ 'x-org-key': 'tk_nobody' }), 401, 'UNAUTHENTICATED'],
    ['a key with a secret', () => fromPage({ 'x-org-key': 'tk_rum' }), 401, 'UNAUTHENTICATED'],
    ['a body past its cap', () => fromPage({}, `${EVENTS}${' '.repeat(1_000)}`), 413, 'BODY_TOO_LARGE'],
    [
      'logs',
      () =>
        edge.send({
          path: '/v1/logs',
          body: '{"logs":[{"message":"x"}]}',
          headers: { ...json, origin: ORIGIN, 'x-org-key': KEY },
        }),
      401,
      'UNAUTHENTICATED',
    ],
  ])('is refused with %s', async (_name, send, status, code) => {
    const answer = await send()
    expect(outcome(answer)).toEqual([status, code])
    expect(edge.intake.batches).toEqual([])
    if (code !== 'BODY_TOO_LARGE') expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  })

  test('carries so many requests a minute from one address', async () => {
    for (let i = 0; i < 5; i++) expect((await fromPage()).status).toBe(202)
    const over = await fromPage()
    expect(outcome(over)).toEqual([429, 'BROWSER_LIMITED'])
    expect(over.headers).toMatchObject({
      'retry-after': '60',
      'access-control-allow-origin': ORIGIN,
      ratelimit: '"address";r=0;t=60',
      'ratelimit-policy': '"address";q=5;w=60',
    })
    edge.clock.at = NOW + 60_000
    expect((await fromPage()).status).toBe(202)
  })

  test('leaves signed keys as they are: they send RUM too, and no page reads their answers', async () => {
    const answer = await edge.post({
      path: '/v1/rum',
      body: EVENTS,
      headers: { 'x-org-key': 'tk_rum', origin: 'https://evil.example' },
    })
    expect(outcome(answer)).toEqual([202, undefined])
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  })
})

describe('a preflight', () => {
  const ask = (path: string, more: Record<string, string> = {}) =>
    edge.send({
      method: 'OPTIONS',
      path,
      headers: {
        origin: ORIGIN,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-org-key',
        ...more,
      },
    })

  test('is answered on the path of RUM', async () => {
    const answer = await ask('/v1/rum')
    expect(answer.status).toBe(204)
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-methods': 'POST',
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '7200',
    })
    expect(answer.headers['access-control-allow-headers']).toContain('x-org-key')
    expect(answer.text).toBe('')
  })

  test.each(['/v1/logs', '/v1/metrics'])('is not at %s', async (path) => {
    const answer = await ask(path)
    expect(outcome(answer)).toEqual([405, 'METHOD_NOT_ALLOWED'])
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  })

  test.each([
    ['another method', { 'access-control-request-method': 'PUT' }],
    ['an opaque origin', { origin: 'null' }],
    ['an origin that is none', { origin: 'https://*.example.com' }],
  ])('with %s is refused', async (_name, more) => {
    expect(outcome(await ask('/v1/rum', more))).toEqual([403, 'ORIGIN_FORBIDDEN'])
  })

  test('proves nothing, and counts against its address', async () => {
    const narrow = await openTestEdge({ keys, limits: { refusalsPerAddress: 2 } })
    const statuses = []
    for (let i = 0; i < 3; i++)
      statuses.push(
        (
          await narrow.send({
            method: 'OPTIONS',
            path: '/v1/rum',
            headers: { origin: ORIGIN, 'access-control-request-method': 'POST' },
          })
        ).status,
      )
    await narrow.close()
    expect(statuses).toEqual([204, 204, 429])
  })
})
