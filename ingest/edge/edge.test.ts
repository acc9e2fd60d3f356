import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  credential,
  NOW,
  oneLog,
  openTestEdge,
  SECRET,
  type TestAnswer,
  type TestEdge,
} from '../../test/ingest-edge.js'
import { plainOf } from '../../test/plain-of.js'
import type { RefusalCode } from './refusals.js'

const keys = [
  credential(),
  credential({ keyId: 'key_2', key: 'tk_body', scheme: 'BODY' }),
  credential({ keyId: 'key_3', key: 'tk_bearer', scheme: 'BEARER', secrets: [Buffer.from('bearer-secret')] }),
  credential({ keyId: 'key_4', key: 'tk_metrics', signals: ['metrics'] }),
  credential({ keyId: 'key_5', key: 'tk_rotating', secrets: [Buffer.from('old'), Buffer.from('new')] }),
  credential({ keyId: 'key_6', key: 'tk_browser', scheme: 'BROWSER', secrets: [] }),
]
let edge: TestEdge

beforeEach(async () => {
  edge = await openTestEdge({ keys, limits: { bodyBytes: 100_000, decompressedBytes: 200_000 } })
})
afterEach(() => edge.close())

const json = { 'content-type': 'application/json' }
const bodySigned = (body: string, more: Record<string, string> = {}) =>
  edge.send({
    body,
    headers: {
      ...json,
      'x-org-key': 'tk_body',
      'x-signature': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
      ...more,
    },
  })
const bearer = (secret: string, more: Record<string, string> = {}) =>
  edge.send({ body: oneLog(), headers: { ...json, authorization: `Bearer ${secret}`, ...more } })

const refusals: Record<string, [status: number, code: RefusalCode, send: () => Promise<TestAnswer>]> = {
  'another path': [404, 'NOT_FOUND', () => edge.post({ path: '/v2/logs' })],
  'another method': [405, 'METHOD_NOT_ALLOWED', () => edge.send({ method: 'GET' })],
  'no content type': [415, 'CONTENT_TYPE_UNSUPPORTED', () => edge.send({ body: '{}' })],
  'another content type': [
    415,
    'CONTENT_TYPE_UNSUPPORTED',
    () => edge.post({ headers: { 'content-type': 'application/xml' } }),
  ],
  'another charset': [
    415,
    'CONTENT_TYPE_UNSUPPORTED',
    () => edge.post({ headers: { 'content-type': 'application/json; charset=latin1' } }),
  ],
  'another encoding': [415, 'ENCODING_UNSUPPORTED', () => edge.post({ contentEncoding: 'br' })],
  'a security header twice': [
    400,
    'HEADER_INVALID',
    () => edge.post({ headers: { 'x-timestamp': [String(NOW), String(NOW)] } }),
  ],
  'two keys': [400, 'HEADER_INVALID', () => edge.post({ headers: { 'x-org-key': ['tk_public', 'tk_body'] } })],
  'a time that is no number': [400, 'HEADER_INVALID', () => edge.post({ headers: { 'x-timestamp': 'yesterday' } })],
  'an idempotency key with blanks': [400, 'HEADER_INVALID', () => edge.post({ idempotencyKey: 'a b' })],
  'a time 301 s behind': [401, 'TIMESTAMP_SKEWED', () => edge.post({ timestamp: NOW - 301_000 })],
  'a time 301 s ahead': [401, 'TIMESTAMP_SKEWED', () => edge.post({ timestamp: NOW + 301_000 })],
  'no security headers': [401, 'UNAUTHENTICATED', () => edge.send({ body: oneLog(), headers: json })],
  'a signature of another form': [401, 'UNAUTHENTICATED', () => edge.post({ headers: { 'x-signature': 'sha256=00' } })],
  'a wrong secret': [401, 'UNAUTHENTICATED', () => edge.post({ secret: 'wrong' })],
  'an unknown key': [401, 'UNAUTHENTICATED', () => edge.post({ headers: { 'x-org-key': 'tk_nobody' } })],
  'a browser key with a signature under no secret': [
    401,
    'UNAUTHENTICATED',
    () => edge.post({ secret: '', headers: { 'x-org-key': 'tk_browser' } }),
  ],
  'a bearer key that signs': [
    401,
    'UNAUTHENTICATED',
    () => edge.post({ secret: 'bearer-secret', headers: { 'x-org-key': 'tk_bearer' } }),
  ],
  'a secret of a signing key as bearer': [401, 'UNAUTHENTICATED', () => bearer(SECRET)],
  'a bearer secret under another key': [
    401,
    'UNAUTHENTICATED',
    () => bearer('bearer-secret', { 'x-org-key': 'tk_public' }),
  ],
  'a body other than the signed one': [
    401,
    'UNAUTHENTICATED',
    () => bodySigned(oneLog('a'), { 'x-org-key': 'tk_public' }),
  ],
  'a key for another signal': [403, 'SIGNAL_FORBIDDEN', () => edge.post({ headers: { 'x-org-key': 'tk_metrics' } })],
  'a body past the cap': [413, 'BODY_TOO_LARGE', () => edge.post({ body: 'x'.repeat(100_001) })],
  'a body past the cap when decompressed': [
    413,
    'BODY_TOO_LARGE',
    () => edge.post({ contentEncoding: 'gzip', body: gzipSync('x'.repeat(200_001)) }),
  ],
  'gzip that is none': [400, 'BODY_INVALID', () => edge.post({ contentEncoding: 'gzip' })],
  'gzip cut short': [
    400,
    'BODY_INVALID',
    () => edge.post({ contentEncoding: 'gzip', body: gzipSync(oneLog()).subarray(0, 20) }),
  ],
  'no JSON': [400, 'BODY_INVALID', () => edge.post({ body: '{"logs": [' })],
  'no body': [400, 'BODY_INVALID', () => edge.post({ body: '' })],
  'text that is not UTF-8': [
    400,
    'BODY_INVALID',
    () => edge.post({ body: Buffer.from('{"logs":[{"message":"\xff"}]}', 'latin1') }),
  ],
  'JSON of another form': [400, 'BODY_INVALID', () => edge.post({ body: '[]' })],
  'OTLP of another signal': [415, 'PROTOCOL_UNSUPPORTED', () => edge.post({ body: '{"resourceSpans":[]}' })],
  'an item without message': [400, 'SCHEMA_INVALID', () => edge.post({ body: '{"logs":[{}]}' })],
  'an empty batch': [400, 'SCHEMA_INVALID', () => edge.post({ body: '{"logs":[]}' })],
  'metrics where logs belong': [400, 'SCHEMA_INVALID', () => edge.post({ body: '{"metrics":[]}' })],
  'more than 1,000 logs': [
    413,
    'TOO_MANY_ITEMS',
    () => edge.post({ body: JSON.stringify({ logs: Array(1_001).fill({ message: 'x' }) }) }),
  ],
  'a sentAt 301 s behind under BODY': [
    401,
    'TIMESTAMP_SKEWED',
    () => bodySigned(JSON.stringify({ logs: [{ message: 'x' }], sentAt: NOW - 301_000 })),
  ],
}

test.each(Object.entries(refusals))('%s is refused', async (_name, [status, code, send]) => {
  const answer = await send()
  expect([answer.status, answer.json.error?.code]).toEqual([status, code])
  expect(answer.headers['content-type']).toMatch(/^application\/json/)
  expect(answer.json.error?.message).toMatch(/^\S.*\.$/)
  expect(answer.json.error?.details).toBeInstanceOf(Array)
  expect(edge.intake.batches).toEqual([])
})

test('a signed batch is accepted and enqueued as it stands', async () => {
  const body = JSON.stringify({ logs: [{ message: 'one' }, { message: 'two' }] })
  const answer = await edge.post({ body })
  expect(answer.status).toBe(202)
  expect(answer.json).toEqual({ accepted: 2, batchId: edge.intake.batches[0]?.batchId })
  expect(edge.intake.batches).toHaveLength(1)
  expect(edge.intake.batches[0]).toMatchObject({ orgId: 'org_1', keyId: 'key_1', signal: 'logs', items: 2 })
  expect(plainOf(edge.intake.batches[0]).toString()).toBe(body)
})

test('metrics have a path of their own', async () => {
  const answer = await edge.post({ path: '/v1/metrics', body: '{"metrics":[{"name":"up","value":1}]}' })
  expect([answer.status, edge.intake.batches[0]?.signal]).toEqual([202, 'metrics'])
})

test('the query is signed and changes nothing else', async () => {
  expect((await edge.post({ path: '/v1/logs?source=a%20b' })).status).toBe(202)
})

test('gzip is signed as sent and enqueued as meant', async () => {
  const answer = await edge.post({ contentEncoding: 'gzip', body: gzipSync(oneLog()) })
  expect(answer.status).toBe(202)
  expect(plainOf(edge.intake.batches[0]).toString()).toBe(oneLog())
})

test.each(['old', 'new'])('during rotation the %s secret signs', async (secret) => {
  expect((await edge.post({ secret, headers: { 'x-org-key': 'tk_rotating' } })).status).toBe(202)
})

test('a time at the edge of the skew passes', async () => {
  expect((await edge.post({ timestamp: NOW - 300_000 })).status).toBe(202)
})

test('BODY and BEARER keys are let in', async () => {
  expect((await bodySigned(oneLog())).status).toBe(202)
  expect((await bearer('bearer-secret')).status).toBe(202)
})

test('an unknown key and a wrong secret get the same answer', async () => {
  const unknown = await edge.post({ headers: { 'x-org-key': 'tk_nobody' } })
  const wrong = await edge.post({ secret: 'wrong' })
  const nothing = await edge.send({ body: oneLog(), headers: json })
  expect(unknown.text).toBe(wrong.text)
  expect(nothing.text).toBe(wrong.text)
})

test('a batch that is wrong in many places names up to twenty of them', async () => {
  const logs = Array.from({ length: 30 }, () => ({ message: 1 }))
  const answer = await edge.post({ body: JSON.stringify({ logs }) })
  expect(answer.json.error?.details).toHaveLength(20)
  expect(answer.json.error?.details[19]).toEqual({ path: 'logs[19].message', message: 'expected a text, found 1.' })
})
