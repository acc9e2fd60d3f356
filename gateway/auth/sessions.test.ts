import { describe, expect, it } from 'vitest'
import { useGateway } from '../../test/harness/gateway.js'
import { processorMs } from '../../test/harness/processor-ms.js'

const gateway = useGateway()

const CREATE = `mutation($input: SessionCreateInput!) { sessionCreate(input: $input) {
  session { accessToken accessTokenExpiresAt refreshToken viewer { user { email } org { slug } role token { id } sessions { id current } } }
  userErrors { code path message } } }`
const REFRESH = `mutation($t: String!) { sessionRefresh(refreshToken: $t) { session { accessToken refreshToken } userErrors { code path message } } }`
const REVOKE = `mutation($t: String!) { sessionRevoke(refreshToken: $t) { userErrors { code } } }`
const VIEWER =
  '{ viewer { user { email } org { slug } role permissions orgs { org { slug } role } sessions { current ip } } }'

async function signIn() {
  const { email, password } = gateway.first
  const { data } = await gateway.ask(CREATE, { input: { email, password } }, null)
  expect(data.sessionCreate.userErrors).toEqual([])
  return data.sessionCreate.session as { accessToken: string; accessTokenExpiresAt: string; refreshToken: string }
}
const refresh = async (token: string) => (await gateway.ask(REFRESH, { t: token }, null)).data.sessionRefresh

describe('signing in', () => {
  it('answers with a session whose access token lasts 15 minutes', async () => {
    const session = await signIn()
    expect(Date.parse(session.accessTokenExpiresAt)).toBe(gateway.clock.now() + 15 * 60_000)
    const { data } = await gateway.ask(VIEWER, {}, session.accessToken)
    expect(data.viewer).toMatchObject({
      user: { email: 'owner@example.com' },
      org: { slug: 'default' },
      role: 'OWNER',
      orgs: [{ org: { slug: 'default' }, role: 'OWNER' }],
    })
    expect(data.viewer.permissions).toContain('org:delete')
    expect(data.viewer.sessions.filter((one: { current: boolean }) => one.current)).toHaveLength(1)
    gateway.clock.advance(15 * 60_000)
    const late = await gateway.ask(VIEWER, {}, session.accessToken)
    expect([late.status, late.errors[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED'])
  })

  it('takes the email in any case', async () => {
    const { password } = gateway.first
    const { data } = await gateway.ask(CREATE, { input: { email: ' Owner@Example.COM ', password } }, null)
    expect(data.sessionCreate.userErrors).toEqual([])
  })

  it.each([
    ['a wrong password', { password: 'wrong' }],
    ['an unknown email', { email: 'nobody@example.com' }],
    ['an org the user is not in', { orgSlug: 'elsewhere' }],
  ])('answers %s alike', async (_name, change) => {
    const { email, password } = gateway.first
    const { data } = await gateway.ask(CREATE, { input: { email, password, ...change } }, null)
    expect(data.sessionCreate).toEqual({
      session: null,
      userErrors: [
        {
          code: 'CREDENTIALS_INVALID',
          path: ['input'],
          message: 'No user with this email and password was found, or not in this org.',
        },
      ],
    })
  })

  it('counts every aliased attempt, and refuses before hashing once they are used up', async () => {
    const attempt = (index: number) =>
      `a${index}: sessionCreate(input: {email: "guess@example.com", password: "p${index}"}) { userErrors { code } }`
    const document = `mutation { ${Array.from({ length: 30 }, (_, index) => attempt(index)).join(' ')} }`
    const { data } = await gateway.ask(document, {}, null)
    const codes = Object.values(data as Record<string, { userErrors: { code: string }[] }>).map(
      (payload) => payload.userErrors[0]?.code,
    )
    expect(codes).toEqual([...Array(10).fill('CREDENTIALS_INVALID'), ...Array(20).fill('LIMIT_EXCEEDED')])
    // Thirty hashes would take some 800 ms.
    expect(await processorMs(() => gateway.ask(document, {}, null))).toBeLessThan(400)
    gateway.clock.advance(15 * 60_000)
  })
})

describe('refreshing', () => {
  it('takes each refresh token once and answers with the next', async () => {
    const { refreshToken } = await signIn()
    const second = await refresh(refreshToken)
    expect(second.userErrors).toEqual([])
    const third = await refresh(second.session.refreshToken)
    expect((await gateway.ask(VIEWER, {}, third.session.accessToken)).status).toBe(200)
  })

  it('forgives a second use within ten seconds', async () => {
    const { refreshToken } = await signIn()
    const [one, two] = await Promise.all([refresh(refreshToken), refresh(refreshToken)])
    gateway.clock.advance(10_000)
    const three = await refresh(refreshToken)
    for (const answer of [one, two, three]) expect(answer.userErrors).toEqual([])
  })

  it('ends the whole family when a token is used again later', async () => {
    const first = await signIn()
    const second = await refresh(first.refreshToken)
    gateway.clock.advance(10_001)
    const stolen = await refresh(first.refreshToken)
    expect(stolen.userErrors[0]).toMatchObject({ code: 'CREDENTIALS_INVALID', path: ['refreshToken'] })
    expect((await refresh(second.session.refreshToken)).userErrors[0].code).toBe('CREDENTIALS_INVALID')
    expect((await gateway.ask(VIEWER, {}, second.session.accessToken)).status).toBe(401)
  })

  it('refuses a token after 30 days', async () => {
    const { refreshToken } = await signIn()
    gateway.clock.advance(30 * 86_400_000)
    expect((await refresh(refreshToken)).userErrors[0].message).toContain('expired')
  })
})

it('ends a session at once', async () => {
  const { accessToken, refreshToken } = await signIn()
  expect((await gateway.ask(REVOKE, { t: refreshToken }, null)).data.sessionRevoke.userErrors).toEqual([])
  expect((await gateway.ask(VIEWER, {}, accessToken)).status).toBe(401)
  expect((await refresh(refreshToken)).userErrors[0].code).toBe('CREDENTIALS_INVALID')
})

it.each([
  ['none', null],
  ['text that is no token', 'hello'],
  ['a mistyped API token', 'toc_000000000000000000000000000000000000'],
  ['a token signed by nobody', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJzZXNfMSJ9.'],
])('answers 401 without credentials: %s', async (_name, token) => {
  const answer = await gateway.ask(VIEWER, {}, token)
  expect([answer.status, answer.data, answer.errors[0]?.extensions.code]).toEqual([401, null, 'UNAUTHENTICATED'])
})
