import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Permission } from '../../schema/domain/permission.js'
import { useGateway } from '../../test/harness/gateway.js'

const gateway = useGateway()
/** May do nothing at all. */
let bare = ''

async function tokenWith(scopes: readonly Permission[]): Promise<string> {
  const create = 'mutation($i: ApiTokenCreateInput!) { apiTokenCreate(input: $i) { token } }'
  return (await gateway.ask(create, { i: { name: randomBytes(4).toString('hex'), scopes } })).data.apiTokenCreate.token
}
beforeAll(async () => {
  bare = await tokenWith(['usage:read'])
})

const RULE = '{threshold: {measure: {logs: {}}, window: "5m", comparison: GT, critical: 1}}'
const RANGE = 'from: "2026-03-01T12:00:00Z", to: "2026-03-01T13:00:00Z"'

describe('without its permission', () => {
  it.each<[string, Permission]>([
    ['monitors { nodes { id } }', 'monitor:read'],
    ['monitor(key: "x") { id }', 'monitor:read'],
    ['channels { nodes { id } }', 'channel:read'],
    ['channel(key: "x") { id }', 'channel:read'],
    ['incidents { nodes { id } }', 'incident:read'],
    ['incident(number: 1) { id }', 'incident:read'],
    ['deliveries { nodes { id } }', 'delivery:read'],
    ['ingestKeys { nodes { id } }', 'ingestkey:read'],
    [`logs(${RANGE}) { userErrors { code } }`, 'logs:read'],
    [`rumVitals(${RANGE}) { userErrors { code } }`, 'rum:read'],
    [`rumVitalSeries(${RANGE}, step: "1m") { userErrors { code } }`, 'rum:read'],
    [`rumSessions(${RANGE}) { userErrors { code } }`, 'rum:read'],
    ['rumSession(id: "s1") { userErrors { code } }', 'rum:read'],
    [`rumErrors(${RANGE}) { userErrors { code } }`, 'rum:read'],
    ['trace(traceId: "5b8efff798038103d269b633813fc60c") { traceId }', 'traces:read'],
    [`traces(${RANGE}) { userErrors { code } }`, 'traces:read'],
    [`serviceMap(${RANGE}) { userErrors { code } }`, 'traces:read'],
    ['node(id: "mon_x") { id }', 'monitor:read'],
    ['node(id: "key_x") { id }', 'ingestkey:read'],
    ['viewer { org { members { nodes { id } } } }', 'org:read'],
    ['viewer { org { limits { monitors } } }', 'org:read'],
    ['scrubPolicy { version }', 'org:read'],
    ['viewer { org { apiTokens { nodes { id } } } }', 'apitoken:write'],
  ])('a query fails by itself: %s', async (field, permission) => {
    const { status, errors } = await gateway.ask(`{ ${field} }`, {}, bare)
    expect(status).toBe(200)
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', permission } }])
    const allowed = await gateway.ask(`{ ${field} }`, {}, await tokenWith([permission]))
    expect(allowed.errors.filter((error) => error.extensions.code === 'FORBIDDEN')).toEqual([])
  })

  it.each<[string, Permission]>([
    [`monitorCreate(input: {monitor: {key: "p-1", name: "x", rule: ${RULE}}})`, 'monitor:write'],
    ['monitorUpdate(input: {id: "mon_x", expectedVersion: 1, monitor: {}})', 'monitor:write'],
    [`monitorUpsert(input: {monitor: {key: "p-2", name: "x", rule: ${RULE}}})`, 'monitor:write'],
    ['monitorDelete(id: "mon_x")', 'monitor:write'],
    ['channelCreate(input: {key: "p-3", name: "x", config: {email: {to: ["a@example.com"]}}})', 'channel:write'],
    ['channelUpdate(input: {id: "chn_x", expectedVersion: 1})', 'channel:write'],
    ['channelDelete(id: "chn_x")', 'channel:write'],
    ['channelTest(id: "chn_x")', 'channel:write'],
    ['ingestKeyCreate(input: {name: "p-4"})', 'ingestkey:write'],
    ['ingestKeyRotate(id: "key_x")', 'ingestkey:write'],
    ['ingestKeyRevoke(id: "key_x")', 'ingestkey:write'],
    ['apiTokenCreate(input: {name: "p-5", scopes: ["apitoken:write"]})', 'apitoken:write'],
    ['apiTokenRevoke(id: "tok_x")', 'apitoken:write'],
    ['orgUpdate(input: {expectedVersion: 0})', 'org:write'],
    ['orgLimitsSet(input: {orgId: "org_x"})', 'org:write'],
    ['scrubPolicySet(input: {expectedVersion: 9, policy: {}})', 'org:write'],
  ])('a mutation answers FORBIDDEN in its payload: %s', async (field, permission) => {
    const query = `mutation { p: ${field} { userErrors { code path message } } }`
    const { data, errors } = await gateway.ask(query, {}, bare)
    expect(errors).toEqual([])
    expect(data.p.userErrors).toMatchObject([{ code: 'FORBIDDEN', path: [] }])
    expect(data.p.userErrors[0].message).toContain(permission)
    const allowed = await gateway.ask(query, {}, await tokenWith([permission]))
    expect(allowed.data.p.userErrors.map((error: { code: string }) => error.code)).not.toContain('FORBIDDEN')
  })
})
