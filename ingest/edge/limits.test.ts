import { expect, onTestFinished, test } from 'vitest'
import { createMemoryLimiter } from '../../queue/memory/limiter.js'
import { credential, NOW, openTestEdge, type TestEdge } from '../../test/ingest-edge.js'

async function opened(options: Parameters<typeof openTestEdge>[0]): Promise<TestEdge> {
  const edge = await openTestEdge(options)
  onTestFinished(() => edge.close())
  return edge
}

test('an address that was refused too often is turned away unread until the minute is over', async () => {
  const edge = await opened({ limits: { refusalsPerAddress: 3 } })
  for (let i = 0; i < 3; i++) expect((await edge.post({ secret: 'wrong' })).status).toBe(401)
  const away = await edge.post()
  expect([away.status, away.json.error?.code, away.headers['retry-after']]).toEqual([429, 'ADDRESS_LIMITED', '60'])
  edge.clock.at = NOW + 60_000
  expect((await edge.post()).status).toBe(202)
})

test('accepted requests do not count against the address', async () => {
  const edge = await opened({ limits: { refusalsPerAddress: 2 } })
  for (let i = 0; i < 5; i++) expect((await edge.post({ timestamp: NOW + i })).status).toBe(202)
})

test('an org past its requests is told when to come again', async () => {
  const seen: unknown[] = []
  const edge = await opened({
    limiter: {
      consume: async (...call) => {
        seen.push(call)
        return { allowed: false, remaining: 0, resetMs: 12_345 }
      },
      close: async () => undefined,
    },
  })
  const answer = await edge.post()
  expect([answer.status, answer.json.error?.code, answer.headers['retry-after']]).toEqual([429, 'ORG_LIMITED', '13'])
  expect(seen).toEqual([['ingest-requests:org_1', 1, { points: 10_000, windowMs: 60_000 }]])
})

test('an org is not counted for what it did not sign', async () => {
  const seen: string[] = []
  const edge = await opened({
    limiter: {
      consume: async (key) => {
        seen.push(key)
        return { allowed: true, remaining: 1, resetMs: 1 }
      },
      close: async () => undefined,
    },
  })
  await edge.post({ secret: 'wrong' })
  expect(seen).toEqual([])
})

test('without the limiter this process counts by itself, per org', async () => {
  const edge = await opened({
    keys: [credential(), credential({ keyId: 'key_2', orgId: 'org_2', key: 'tk_two' })],
    limits: { requestsPerOrg: 2 },
    limiter: { consume: () => Promise.reject(new Error('away')), close: async () => undefined },
  })
  const statuses = []
  for (let i = 0; i < 3; i++) statuses.push((await edge.post({ timestamp: NOW + i })).status)
  statuses.push((await edge.post({ headers: { 'x-org-key': 'tk_two' } })).status)
  expect(statuses).toEqual([202, 202, 429, 202])
})

test('past the bytes it may hold, the edge turns requests away and holds none of them', async () => {
  const edge = await opened({ limits: { heldBytes: 1_000 } })
  const answer = await edge.post({ body: ' '.repeat(1_001) })
  expect([answer.status, answer.json.error?.code, answer.headers['retry-after']]).toEqual([503, 'OVERLOADED', '1'])
  expect((await edge.post()).status).toBe(202)
  expect((await edge.send({ method: 'GET', path: '/metrics' })).text).toContain('\ntocsin_ingest_held_bytes 0\n')
})

test('where it is set, an address has a bound over all its requests', async () => {
  const edge = await opened({ limits: { requestsPerAddress: 2 } })
  const statuses = []
  for (let i = 0; i < 3; i++) statuses.push((await edge.post({ timestamp: NOW + i })).status)
  expect(statuses).toEqual([202, 202, 429])
})

test('what is left of a minute is told with every answer', async () => {
  const edge = await opened({ limiter: createMemoryLimiter({ clock: { now: () => NOW } }) })
  const { headers } = await edge.post()
  expect([headers.ratelimit, headers['ratelimit-policy']]).toEqual([
    '"requests";r=9999;t=60',
    '"requests";q=10000;w=60',
  ])
  const refused = await edge.post({ body: '{}' })
  expect([refused.status, refused.headers.ratelimit]).toEqual([400, '"requests";r=9998;t=60'])
})

test.each([
  ['no proxy is trusted: the header is not believed', undefined, [401, 429, 429]],
  ['a proxy that is trusted names the callers', ['127.0.0.1'], [401, 401, 429]],
  ['another proxy is trusted', ['10.0.0.0/8'], [401, 429, 429]],
])('%s', async (_name, trustedProxies, expected) => {
  const edge = await opened({
    limits: { refusalsPerAddress: 1 },
    ...(trustedProxies === undefined ? {} : { trustedProxies }),
  })
  const from = (address: string) => edge.post({ secret: 'wrong', headers: { 'x-forwarded-for': address } })
  const statuses = []
  // Of what the last caller says of itself the proxy vouches for the end alone.
  for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.9, 192.0.2.1']) statuses.push((await from(address)).status)
  expect(statuses).toEqual(expected)
})
