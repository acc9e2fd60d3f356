import { describe, expect, it } from 'vitest'
import { useGateway } from '../../test/harness/gateway.js'
import { apiTokenText, isApiTokenText } from './api-token-text.js'

const gateway = useGateway()

const CREATE = `mutation($input: ApiTokenCreateInput!) { apiTokenCreate(input: $input) {
  token apiToken { id name scopes expiresAt revokedAt } userErrors { code path message } } }`
const REVOKE = 'mutation($id: ID!) { apiTokenRevoke(id: $id) { deletedId userErrors { code } } }'
const VIEWER = '{ viewer { user { email } token { name lastUsedAt } permissions sessions { id } } }'

async function create(input: object, token?: string) {
  return (await gateway.ask(CREATE, { input: { name: 'ci', scopes: ['monitor:read'], ...input } }, token)).data
    .apiTokenCreate
}

describe('an API token', () => {
  it('acts for its owner with its scopes alone', async () => {
    const made = await create({ scopes: ['monitor:read', 'channel:read'] })
    expect(made.token).toMatch(/^toc_[0-9A-Za-z]{36}$/)
    const { data } = await gateway.ask(VIEWER, {}, made.token)
    expect(data.viewer).toMatchObject({
      user: { email: 'owner@example.com' },
      token: { name: 'ci' },
      permissions: ['monitor:read', 'channel:read'],
      sessions: [],
    })
    const refused = await create({ scopes: ['monitor:read'] }, made.token)
    expect(refused).toMatchObject({ token: null, userErrors: [{ code: 'FORBIDDEN', path: [] }] })
  })

  it('cannot make a token that may do more than itself', async () => {
    const maker = await create({ scopes: ['apitoken:write'] })
    const made = await create({ scopes: ['apitoken:write', 'org:delete'] }, maker.token)
    expect(made.userErrors).toMatchObject([{ code: 'FORBIDDEN', path: ['input', 'scopes', '1'] }])
  })

  it('loses what its owner may no longer do', async () => {
    const made = await create({ scopes: ['channel:write', 'monitor:read'] })
    await gateway.pool.query("UPDATE membership SET role = 'VIEWER'")
    const { data } = await gateway.ask(VIEWER, {}, made.token)
    await gateway.pool.query("UPDATE membership SET role = 'OWNER'")
    expect(data.viewer.permissions).toEqual(['monitor:read'])
  })

  it('ends when it expires, and when it is revoked', async () => {
    const short = await create({ expiresIn: '1h' })
    expect(Date.parse(short.apiToken.expiresAt)).toBe(gateway.clock.now() + 3_600_000)
    gateway.clock.advance(3_600_000)
    expect((await gateway.ask(VIEWER, {}, short.token)).status).toBe(401)
    const long = await create({})
    expect((await gateway.ask(REVOKE, { id: long.apiToken.id })).data.apiTokenRevoke.userErrors).toEqual([])
    expect((await gateway.ask(VIEWER, {}, long.token)).status).toBe(401)
    expect((await gateway.ask(REVOKE, { id: long.apiToken.id })).data.apiTokenRevoke.userErrors[0].code).toBe(
      'NOT_FOUND',
    )
  })

  it('notes its last use at most once a minute', async () => {
    const { token } = await create({})
    const used = async () => {
      await gateway.ask(VIEWER, {}, token)
      return (await gateway.ask(VIEWER, {}, token)).data.viewer.token.lastUsedAt
    }
    const first = await used()
    gateway.clock.advance(59_000)
    expect(await used()).toBe(first)
    gateway.clock.advance(1_000)
    expect(Date.parse(await used())).toBe(Date.parse(first) + 60_000)
  })

  it.each([
    ['no scopes', { scopes: [] }, ['input', 'scopes'], 'INVALID'],
    ['an unknown scope', { scopes: ['monitor:delete'] }, ['input', 'scopes', '0'], 'INVALID'],
    ['an empty name', { name: ' ' }, ['input', 'name'], 'INVALID'],
    ['a life of no time', { expiresIn: '1s' }, ['input', 'expiresIn'], 'INVALID'],
  ])('is refused with %s', async (_name, input, path, code) => {
    expect((await create(input)).userErrors).toMatchObject([{ path, code }])
  })
})

it('tells its own text from any other by the check at its end', () => {
  const text = apiTokenText((length) => new Uint8Array(length).map((_, index) => index * 7))
  expect(isApiTokenText(text)).toBe(true)
  for (let at = 4; at < text.length; at++) {
    const changed = text.slice(0, at) + (text[at] === 'x' ? 'y' : 'x') + text.slice(at + 1)
    expect(isApiTokenText(changed)).toBe(false)
  }
})
