import { expect, onTestFinished, test } from 'vitest'
import { openTestEdge, SECRET, type TestEdge } from '../../test/ingest-edge.js'

async function opened(options: Parameters<typeof openTestEdge>[0] = {}): Promise<TestEdge> {
  const edge = await openTestEdge(options)
  onTestFinished(() => edge.close())
  return edge
}

test('an intake that fails is a 503 to try again, and readiness says so', async () => {
  const edge = await opened()
  edge.intake.fault = new Error('connection refused')
  const answer = await edge.post()
  expect([answer.status, answer.json.error?.code, answer.headers['retry-after']]).toEqual([503, 'UNAVAILABLE', '5'])
  expect(answer.text).not.toContain('connection refused')
  expect((await edge.send({ method: 'GET', path: '/readyz' })).status).toBe(503)
  expect((await edge.send({ method: 'GET', path: '/healthz' })).status).toBe(200)
  edge.intake.fault = null
  expect((await edge.post()).status).toBe(202)
  expect((await edge.send({ method: 'GET', path: '/readyz' })).status).toBe(200)
})

test('keys that cannot be looked up are a 503, not a 401', async () => {
  const away = () => Promise.reject(new Error('away'))
  const edge = await opened({ credentials: { byKey: away, bySecret: away, touch: () => undefined } })
  const answer = await edge.post()
  expect([answer.status, answer.json.error?.code]).toEqual([503, 'UNAVAILABLE'])
})

test('what is logged and shown holds no secret, signature or body', async () => {
  const edge = await opened()
  await edge.post({ body: '{"logs":[{"message":"4111111111111111"}]}' })
  await edge.post({ secret: 'wrong' })
  await edge.post({ body: '{"logs":[{"message":"4111111111111111"}' })
  edge.intake.fault = new Error('away')
  await edge.post({ body: '{"logs":[{"message":"4111111111111111"}]}', idempotencyKey: 'k' })
  await edge.send({ body: '{}', headers: { 'content-type': 'application/json', authorization: `Bearer ${SECRET}` } })
  const all = edge.log.lines.join('\n') + (await edge.send({ method: 'GET', path: '/metrics' })).text
  expect(edge.log.lines.length).toBeGreaterThan(3)
  expect(all).not.toContain(SECRET)
  expect(all).not.toContain('4111111111111111')
  expect(all).not.toContain('sha256=')
})

test('what was accepted and refused is counted', async () => {
  const edge = await opened()
  await edge.post({ idempotencyKey: 'k' })
  await edge.post({ idempotencyKey: 'k' })
  await edge.post({ secret: 'wrong' })
  const { text, headers } = await edge.send({ method: 'GET', path: '/metrics' })
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
  expect(text).toContain('\ntocsin_ingest_accepted_batches_total{signal="logs"} 1\n')
  expect(text).toContain('\ntocsin_ingest_accepted_items_total{signal="logs"} 1\n')
  expect(text).toContain('\ntocsin_ingest_replays_total{signal="logs"} 1\n')
  expect(text).toContain('\ntocsin_ingest_refused_total{code="UNAUTHENTICATED"} 1\n')
  expect(text).toContain('\ntocsin_ingest_in_flight_requests 0\n')
})
