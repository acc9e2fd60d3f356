import { describe, expect, it, vi } from 'vitest'
import { createIngestCredentials } from '../../prisma/stores/ingest-credentials.js'
import { useGateway } from '../../test/harness/gateway.js'

const gateway = useGateway()
const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log }

const FIELDS = 'id key name scheme signals allowedOrigins createdAt lastUsedAt revokedAt'
const ERRORS = 'userErrors { code path }'
const CREATE = `mutation($input: IngestKeyCreateInput!) { ingestKeyCreate(input: $input) { ingestKey { ${FIELDS} } secret ${ERRORS} } }`
const ROTATE = `mutation($id: ID!) { ingestKeyRotate(id: $id) { ingestKey { id } secret previousSecretExpiresAt ${ERRORS} } }`
const REVOKE = `mutation($id: ID!) { ingestKeyRevoke(id: $id) { deletedId ${ERRORS} } }`

const create = async (input: object) =>
  (await gateway.ask(CREATE, { input: { name: 'Web', ...input } })).data.ingestKeyCreate
const rotate = async (id: string) => (await gateway.ask(ROTATE, { id })).data.ingestKeyRotate
const revoke = async (id: string) => (await gateway.ask(REVOKE, { id })).data.ingestKeyRevoke
const openEdge = () =>
  createIngestCredentials({
    pool: gateway.pool,
    sealer: gateway.sealer,
    fanOut: gateway.fanOut,
    clock: gateway.clock,
    log,
  })
const texts = (secrets: readonly Uint8Array[] = []) => secrets.map((secret) => Buffer.from(secret).toString())

describe('an ingest key', () => {
  it('is for every signal unless it says otherwise, and its secret is shown once', async () => {
    const made = await create({ idempotencyKey: 'a' })
    expect(made.userErrors).toEqual([])
    expect(made.ingestKey).toMatchObject({
      scheme: 'CANONICAL',
      signals: ['LOGS', 'METRICS', 'SPANS', 'RUM'],
      revokedAt: null,
    })
    expect(made.ingestKey.key).toMatch(/^ik_[0-9A-Za-z]{20}$/)
    expect(Buffer.from(made.secret, 'base64url')).toHaveLength(32)
    const again = await create({ idempotencyKey: 'a' })
    expect(again).toMatchObject({ ingestKey: { id: made.ingestKey.id }, secret: null, userErrors: [] })
    const rows = await gateway.pool.query('SELECT to_jsonb(s)::text AS text FROM ingest_secret s')
    expect(rows.rows.map((row) => row.text).join()).not.toContain(made.secret)
  })

  it('has no secret when it is for browsers', async () => {
    const made = await create({ scheme: 'BROWSER', allowedOrigins: ['https://shop.example.com'] })
    expect(made).toMatchObject({ secret: null, ingestKey: { signals: ['RUM'] }, userErrors: [] })
    expect((await rotate(made.ingestKey.id)).userErrors).toEqual([{ code: 'NOT_FOUND', path: ['id'] }])
  })

  it.each([
    [
      'a browser key for logs',
      { scheme: 'BROWSER', signals: ['LOGS'], allowedOrigins: ['https://a.example.com'] },
      'signals',
    ],
    ['a browser key for any origin', { scheme: 'BROWSER' }, 'allowedOrigins'],
    ['an origin with a path', { scheme: 'BROWSER', allowedOrigins: ['https://a.example.com/x'] }, 'allowedOrigins'],
    ['origins of a key with a secret', { allowedOrigins: ['https://a.example.com'] }, 'allowedOrigins'],
    ['no signal', { signals: [] }, 'signals'],
    ['no name', { name: '' }, 'name'],
  ])('is refused: %s', async (_name, input, field) => {
    const { userErrors } = await create(input)
    expect(userErrors[0].path.slice(0, 2)).toEqual(['input', field])
  })
})

describe('the edge', () => {
  it('finds a key by its public id and a bearer key by its secret, and forgets a revoked one at once', async () => {
    const edge = await openEdge()
    const signed = await create({ signals: ['LOGS'] })
    const bearer = await create({ scheme: 'BEARER' })
    const found = await edge.byKey(signed.ingestKey.key)
    expect(found).toMatchObject({ keyId: signed.ingestKey.id, scheme: 'CANONICAL', signals: ['logs'] })
    expect(texts(found?.secrets)).toEqual([signed.secret])
    expect(await edge.bySecret(bearer.secret)).toMatchObject({ key: bearer.ingestKey.key, scheme: 'BEARER' })
    expect(await edge.bySecret(signed.secret)).toBeNull()
    await revoke(signed.ingestKey.id)
    await revoke(bearer.ingestKey.id)
    expect(await edge.byKey(signed.ingestKey.key)).toBeNull()
    expect(await edge.bySecret(bearer.secret)).toBeNull()
    await edge.close()
  })

  it('takes both secrets of a rotated key until the old one expires', async () => {
    const edge = await openEdge()
    const { ingestKey, secret } = await create({})
    await edge.byKey(ingestKey.key)
    gateway.clock.advance(1)
    const rotated = await rotate(ingestKey.id)
    expect(Date.parse(rotated.previousSecretExpiresAt)).toBe(gateway.clock.now() + 86_400_000)
    expect(texts((await edge.byKey(ingestKey.key))?.secrets)).toEqual([rotated.secret, secret])
    gateway.clock.advance(1)
    const twice = await rotate(ingestKey.id)
    expect(texts((await edge.byKey(ingestKey.key))?.secrets)).toEqual([twice.secret, rotated.secret])
    gateway.clock.advance(86_400_000)
    expect(texts((await edge.byKey(ingestKey.key))?.secrets)).toEqual([twice.secret])
    await edge.close()
  })

  it('remembers for 30 s at most what no message told it', async () => {
    const edge = await openEdge()
    const { ingestKey } = await create({})
    await edge.byKey(ingestKey.key)
    await gateway.pool.query('UPDATE ingest_key SET revoked_at = now() WHERE id = $1', [ingestKey.id])
    gateway.clock.advance(29_999)
    expect(await edge.byKey(ingestKey.key)).not.toBeNull()
    gateway.clock.advance(1)
    expect(await edge.byKey(ingestKey.key)).toBeNull()
    await edge.close()
  })

  it('asks once for many look-ups of one key, and not again for a key that is not there', async () => {
    const edge = await openEdge()
    const asked = vi.spyOn(gateway.pool, 'query')
    await Promise.all([edge.byKey('ik_nowhere'), edge.byKey('ik_nowhere')])
    expect(await edge.byKey('ik_nowhere')).toBeNull()
    expect(asked).toHaveBeenCalledTimes(1)
    asked.mockRestore()
    await edge.close()
  })

  it('writes last uses together, the latest of each', async () => {
    const edge = await openEdge()
    const { ingestKey } = await create({})
    const at = gateway.clock.now()
    for (const offset of [0, 5_000, 1_000]) edge.touch(ingestKey.id, at + offset)
    await edge.close()
    const { data } = await gateway.ask('query($id: ID!) { node(id: $id) { ... on IngestKey { lastUsedAt } } }', {
      id: ingestKey.id,
    })
    expect(Date.parse(data.node.lastUsedAt)).toBe(at + 5_000)
  })
})
