import { afterEach, beforeEach, expect, test } from 'vitest'
import { signBody, signCanonical } from '../../cli/signing.js'
import { createIngestEdge, type IngestEdge } from '../../ingest/edge/index.js'
import { createIngestCredentials } from '../../prisma/stores/ingest-credentials.js'
import { createMemoryFanOut } from '../../queue/memory/fan-out.js'
import { createMemoryIntake } from '../../queue/memory/intake.js'
import { createMemoryLimiter } from '../../queue/memory/limiter.js'
import { RANDOM, useGateway } from '../harness/gateway.js'
import { keptLog, sendRequest, type TestAnswer } from '../ingest-edge.js'

const gateway = useGateway()
const log = keptLog()

/** An ingest process: its own memory of keys, on the messages of a fan-out. */
interface Process {
  readonly edge: IngestEdge
  readonly port: number
  close(): Promise<void>
}

let told: Process
/** Messages of the gateway never arrive here. */
let untold: Process

async function openProcess(fanOut: ReturnType<typeof createMemoryFanOut>): Promise<Process> {
  const { pool, sealer, clock } = gateway
  const credentials = await createIngestCredentials({ pool, sealer, fanOut, clock, log })
  const edge = createIngestEdge({
    host: '127.0.0.1',
    port: 0,
    intake: createMemoryIntake({ clock }),
    credentials,
    limiter: createMemoryLimiter({ clock }),
    clock,
    random: RANDOM,
    log,
  })
  const port = Number(new URL(await edge.listen()).port)
  return {
    edge,
    port,
    async close() {
      await edge.close()
      await credentials.close()
    },
  }
}

beforeEach(async () => {
  told = await openProcess(gateway.fanOut as ReturnType<typeof createMemoryFanOut>)
  untold = await openProcess(createMemoryFanOut({ log }))
})
afterEach(async () => {
  await told.close()
  await untold.close()
})

const CREATE = `mutation($input: IngestKeyCreateInput!) {
  ingestKeyCreate(input: $input) { ingestKey { id key } secret userErrors { code path } } }`
const ROTATE = 'mutation($id: ID!) { ingestKeyRotate(id: $id) { secret previousSecretExpiresAt userErrors { code } } }'
const REVOKE = 'mutation($id: ID!) { ingestKeyRevoke(id: $id) { deletedId userErrors { code } } }'

interface Key {
  readonly id: string
  readonly key: string
  readonly secret: string
}

async function createKey(input: object): Promise<Key> {
  const { ingestKey, secret, userErrors } = (await gateway.ask(CREATE, { input: { name: 'Shop', ...input } })).data
    .ingestKeyCreate
  expect(userErrors).toEqual([])
  return { ...ingestKey, secret }
}

let sent = 0
/** A batch under each of the schemes. */
const SEND: Record<string, (port: number, key: Key, secret?: string) => Promise<TestAnswer>> = {
  CANONICAL: (port, { key, secret }, other) => {
    const body = JSON.stringify({ logs: [{ message: `number ${sent++}` }] })
    const timestamp = gateway.clock.now()
    const signed = signCanonical({ secret: other ?? secret, method: 'POST', path: '/v1/logs', timestamp, body })
    return sendRequest(port, { body, headers: { 'content-type': 'application/json', 'x-org-key': key, ...signed } })
  },
  BODY: (port, { key, secret }, other) => {
    const body = JSON.stringify({ logs: [{ message: `number ${sent++}` }] })
    const signed = signBody(other ?? secret, body)
    return sendRequest(port, { body, headers: { 'content-type': 'application/json', 'x-org-key': key, ...signed } })
  },
  BEARER: (port, { secret }, other) =>
    sendRequest(port, {
      body: '{"logs":[{"message":"x"}]}',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${other ?? secret}` },
    }),
  BROWSER: (port, { key }) =>
    sendRequest(port, {
      path: `/v1/rum?key=${key}`,
      body: '{"events":[{"type":"view","page":"/cart"}]}',
      headers: { 'content-type': 'text/plain', origin: 'https://shop.example.com' },
    }),
}
const inputOf = (scheme: string) =>
  scheme === 'BROWSER' ? { scheme, allowedOrigins: ['https://*.example.com'] } : { scheme, signals: ['LOGS'] }

test.each(Object.keys(SEND))(
  'a revoked %s key is refused at once, and within 60 s where no message came',
  async (scheme) => {
    const key = await createKey(inputOf(scheme))
    const send = (where: Process) => SEND[scheme]?.(where.port, key)
    expect([(await send(told))?.status, (await send(untold))?.status]).toEqual([202, 202])
    // Used all the while: what is remembered is not remembered longer for it.
    await gateway.ask(REVOKE, { id: key.id })
    expect((await send(told))?.status).toBe(401)
    const seen = []
    for (let second = 0; second < 60; second += 5) {
      gateway.clock.advance(5_000)
      seen.push((await send(untold))?.status)
    }
    expect(seen.at(-1)).toBe(401)
    expect(seen.slice(6)).toEqual(Array(6).fill(401))
  },
)

test.each(['CANONICAL', 'BODY', 'BEARER'])('a rotated %s key has two secrets for a day', async (scheme) => {
  const key = await createKey(inputOf(scheme))
  const send = (where: Process, secret: string) => SEND[scheme]?.(where.port, key, secret)
  expect((await send(untold, key.secret))?.status).toBe(202)
  const rotated = (await gateway.ask(ROTATE, { id: key.id })).data.ingestKeyRotate
  expect(Date.parse(rotated.previousSecretExpiresAt)).toBe(gateway.clock.now() + 86_400_000)
  for (const secret of [key.secret, rotated.secret]) expect((await send(told, secret))?.status).toBe(202)
  gateway.clock.advance(60_000)
  for (const secret of [key.secret, rotated.secret]) expect((await send(untold, secret))?.status).toBe(202)
  // Remembered just before it ends, it ends on time all the same.
  gateway.clock.advance(86_400_000 - 60_000 - 1_000)
  for (const where of [told, untold]) expect((await send(where, key.secret))?.status).toBe(202)
  gateway.clock.advance(1_000)
  for (const where of [told, untold]) {
    expect((await send(where, key.secret))?.status).toBe(401)
    expect((await send(where, rotated.secret))?.status).toBe(202)
  }
})

test("an org's own limits stand before those of all", async () => {
  const key = await createKey({ scheme: 'CANONICAL' })
  await gateway.pool.query(
    'UPDATE org SET ingest_requests_per_minute = 2, ingest_items_per_day = 5000000000, ingest_bytes_per_day = 40',
  )
  const answers = []
  for (let i = 0; i < 3; i++) answers.push(await SEND.CANONICAL?.(told.port, key))
  await gateway.pool.query(
    'UPDATE org SET ingest_requests_per_minute = NULL, ingest_items_per_day = NULL, ingest_bytes_per_day = NULL',
  )
  expect(answers.map((answer) => answer?.json.error?.code)).toEqual([undefined, 'ORG_VOLUME_EXCEEDED', 'ORG_LIMITED'])
  expect(answers[0]?.headers['ratelimit-policy']).toBe(
    '"requests";q=2;w=60, "items";q=5000000000;w=86400;qu="items", "bytes";q=40;w=86400;qu="content-bytes"',
  )
})

test('a key sends its signals alone', async () => {
  const key = await createKey({ scheme: 'CANONICAL', signals: ['METRICS'] })
  const answer = await SEND.CANONICAL?.(told.port, key)
  expect([answer?.status, answer?.json.error?.code]).toEqual([403, 'SIGNAL_FORBIDDEN'])
})
