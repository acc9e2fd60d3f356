import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { credential, NOW, oneLog, openTestEdge, SECRET, type TestEdge } from '../../test/ingest-edge.js'

const DAY_MS = 86_400_000
let edge: TestEdge

beforeEach(async () => {
  edge = await openTestEdge({
    keys: [
      credential(),
      credential({ keyId: 'key_2', key: 'tk_other' }),
      credential({
        keyId: 'key_3',
        key: 'tk_body',
        scheme: 'BODY',
        secrets: [Buffer.from(SECRET), Buffer.from('new-secret')],
      }),
      credential({ keyId: 'key_4', key: 'tk_bearer', scheme: 'BEARER', secrets: [Buffer.from('bearer-secret')] }),
    ],
  })
})
afterEach(() => edge.close())

const bodySigned = (body: string, more: Record<string, string> = {}) =>
  edge.send({
    body,
    headers: {
      'content-type': 'application/json',
      'x-org-key': 'tk_body',
      'x-signature': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
      ...more,
    },
  })

test('the same key and body get the first answer, signed anew or not', async () => {
  const first = await edge.post({ idempotencyKey: 'k1' })
  const again = await edge.post({ idempotencyKey: 'k1', timestamp: NOW + 1_000 })
  expect(first.headers['idempotent-replay']).toBeUndefined()
  expect([again.status, again.json, again.headers['idempotent-replay']]).toEqual([202, first.json, 'true'])
  expect(edge.intake.batches).toHaveLength(1)
})

test('the body counts decompressed', async () => {
  const first = await edge.post({ idempotencyKey: 'k1' })
  const again = await edge.post({ idempotencyKey: 'k1', contentEncoding: 'gzip', body: gzipSync(oneLog()) })
  expect(again.json).toEqual(first.json)
})

test('the same key with another body is a conflict', async () => {
  await edge.post({ idempotencyKey: 'k1' })
  const other = await edge.post({ idempotencyKey: 'k1', body: oneLog('other') })
  expect([other.status, other.json.error?.code]).toEqual([422, 'IDEMPOTENCY_CONFLICT'])
})

test('a key is of its ingest key and of its path', async () => {
  await edge.post({ idempotencyKey: 'k1' })
  const otherKey = await edge.post({ idempotencyKey: 'k1', headers: { 'x-org-key': 'tk_other' }, body: oneLog('b') })
  const otherPath = await edge.post({
    idempotencyKey: 'k1',
    path: '/v1/metrics',
    body: '{"metrics":[{"name":"up","value":1}]}',
  })
  expect([otherKey.status, otherPath.status]).toEqual([202, 202])
})

test('without a key a captured CANONICAL request is a replay, for as long as its time is accepted', async () => {
  const first = await edge.post()
  const captured = await edge.post()
  expect(captured.json).toEqual(first.json)
  expect(edge.intake.batches.map((batch) => batch.idempotency.ttlMs)).toEqual([600_000])
})

test('without a key the same batch signed at another time is another batch', async () => {
  await edge.post()
  await edge.post({ timestamp: NOW + 1 })
  expect(edge.intake.batches).toHaveLength(2)
})

test('an idempotency key is remembered for a day', async () => {
  await edge.post({ idempotencyKey: 'k1' })
  expect(edge.intake.batches.map((batch) => batch.idempotency.ttlMs)).toEqual([DAY_MS])
})

test('the same BODY-signed body is a replay, whatever unsigned headers say', async () => {
  const first = await bodySigned(oneLog())
  const again = await bodySigned(oneLog(), { 'x-timestamp': String(NOW + 5), 'x-idempotency-key': 'mine' })
  expect([again.json, again.headers['idempotent-replay']]).toEqual([first.json, 'true'])
  expect(edge.intake.batches.map((batch) => batch.idempotency.ttlMs)).toEqual([DAY_MS])
})

test('the same body under BODY is a replay signed with either secret, compressed or not', async () => {
  const first = await bodySigned(oneLog())
  const anew = await edge.send({
    body: oneLog(),
    headers: {
      'content-type': 'application/json',
      'x-org-key': 'tk_body',
      'x-signature': `sha256=${createHmac('sha256', 'new-secret').update(oneLog()).digest('hex')}`,
    },
  })
  const gzipped = gzipSync(oneLog())
  const compressed = await edge.send({
    body: gzipped,
    headers: {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'x-org-key': 'tk_body',
      'x-signature': `sha256=${createHmac('sha256', SECRET).update(gzipped).digest('hex')}`,
    },
  })
  expect([anew.json, compressed.json]).toEqual([first.json, first.json])
  expect(edge.intake.batches).toHaveLength(1)
})

test('under BODY one key with two bodies is two batches: the key is not signed and not looked at', async () => {
  await bodySigned(oneLog('a'), { 'x-idempotency-key': 'k' })
  expect((await bodySigned(oneLog('b'), { 'x-idempotency-key': 'k' })).status).toBe(202)
  expect(edge.intake.batches).toHaveLength(2)
})

test('a sentAt of its own makes a BODY-signed body distinct', async () => {
  await bodySigned(JSON.stringify({ logs: [{ message: 'x' }], sentAt: NOW }))
  await bodySigned(JSON.stringify({ logs: [{ message: 'x' }], sentAt: NOW + 1 }))
  expect(edge.intake.batches).toHaveLength(2)
})

test('bearer batches are one by their key, and each its own without one', async () => {
  const send = (more: Record<string, string>, body = oneLog()) =>
    edge.send({
      body,
      headers: { 'content-type': 'application/json', authorization: 'Bearer bearer-secret', ...more },
    })
  await send({ 'x-idempotency-key': 'k1' })
  await send({ 'x-idempotency-key': 'k1' })
  expect(edge.intake.batches).toHaveLength(1)
  const other = await send({ 'x-idempotency-key': 'k1' }, oneLog('other'))
  expect([other.status, other.json.error?.code]).toEqual([422, 'IDEMPOTENCY_CONFLICT'])
  await send({})
  await send({})
  expect(edge.intake.batches).toHaveLength(3)
})
