import { beforeAll, describe, expect, it } from 'vitest'
import { addOrg, useGateway } from '../../test/harness/gateway.js'

const gateway = useGateway()
const LIMITS = `limits {
  ingestRequestsPerMinute ingestBytesPerDay monitors
  retentionDays { logs spans rum metrics } maximumRetentionDays { logs spans rum metrics } }`
const ERRORS = 'userErrors { code path message ... on ConflictError { currentVersion } }'
const ORG = `org { id name version ${LIMITS} }`

let other: { orgId: string; apiToken: string }
beforeAll(async () => {
  other = await addOrg(gateway, 'other')
})

const viewer = async (token?: string) =>
  (await gateway.ask(`{ viewer { operator org { id name version ${LIMITS} } } }`, {}, token)).data.viewer
const update = async (input: object, token?: string) => {
  const { version } = (await viewer(token)).org
  const query = `mutation($i: OrgUpdateInput!) { orgUpdate(input: $i) { ${ORG} ${ERRORS} } }`
  return (await gateway.ask(query, { i: { expectedVersion: version, ...input } }, token)).data.orgUpdate
}
const setLimits = async (input: object, token?: string) => {
  const query = `mutation($i: OrgLimitsSetInput!) { orgLimitsSet(input: $i) { ${ORG} ${ERRORS} } }`
  const answer = await gateway.ask(query, { i: input }, token)
  return answer.data?.orgLimitsSet ?? answer
}
const all = (days: number) => ({ logs: days, spans: days, rum: days, metrics: days })

describe('an org without settings of its own', () => {
  it('has those of the installation', async () => {
    expect((await viewer(other.apiToken)).org.limits).toEqual({
      ...{ ingestRequestsPerMinute: 10_000, ingestBytesPerDay: null, monitors: 1_000 },
      ...{ retentionDays: all(30), maximumRetentionDays: all(30) },
    })
  })
})

describe('orgUpdate', () => {
  it('sets what is given, clears what is null and keeps the rest, a version at a time', async () => {
    const heard: string[] = []
    const stop = await gateway.fanOut.subscribe('storage-terms', (orgId) => heard.push(orgId))
    const first = await update({ name: 'Shop', retentionDays: { logs: 7, metrics: 14 } })
    expect(first.userErrors).toEqual([])
    expect(first.org).toMatchObject({ name: 'Shop', limits: { retentionDays: { ...all(30), logs: 7, metrics: 14 } } })
    const second = await update({ retentionDays: { logs: null, rum: 1 } })
    expect(second.org).toMatchObject({
      name: 'Shop',
      version: first.org.version + 1,
      limits: { retentionDays: { logs: 30, spans: 30, rum: 1, metrics: 14 } },
    })
    await stop()
    expect(heard).toEqual([first.org.id, first.org.id])
    expect((await viewer(other.apiToken)).org.limits.retentionDays).toEqual(all(30))
  })

  it('refuses a version that is not the current one', async () => {
    const { userErrors } = await update({ expectedVersion: 99, name: 'x' })
    const { version } = (await viewer()).org
    expect(userErrors).toMatchObject([
      { code: 'CONFLICT', path: ['input', 'expectedVersion'], currentVersion: version },
    ])
  })

  it.each([
    ['no day at all', { spans: 0 }, 'INVALID', 'spans', 'expected at least 1, found 0'],
    ['more than 16 bits take', { rum: 70_000 }, 'INVALID', 'rum', 'expected at most 3650, found 70000'],
    ['more than the org may keep', { metrics: 31 }, 'LIMIT_EXCEEDED', 'metrics', 'Found 31 days; expected at most 30'],
  ])('refuses %s', async (_what, retentionDays, code, field, message) => {
    const { org, userErrors } = await update({ retentionDays })
    expect(org).toBeNull()
    expect(userErrors).toMatchObject([{ code, path: ['input', 'retentionDays', field] }])
    expect(userErrors[0].message).toContain(message)
  })
})

describe('the operator', () => {
  it('is an owner of the org of the first start, and nobody else', async () => {
    expect((await viewer()).operator).toBe(true)
    expect((await viewer(other.apiToken)).operator).toBe(false)
    const refused = await setLimits({ orgId: other.orgId, monitors: 5 }, other.apiToken)
    expect(refused).toMatchObject({ org: null, userErrors: [{ code: 'FORBIDDEN', path: [] }] })
    await gateway.database.membership.updateMany({ where: { org: { operator: true } }, data: { role: 'ADMIN' } })
    expect((await viewer()).operator).toBe(false)
    expect(await setLimits({ orgId: other.orgId, monitors: 5 })).toMatchObject({ userErrors: [{ code: 'FORBIDDEN' }] })
    await gateway.database.membership.updateMany({ where: { org: { operator: true } }, data: { role: 'OWNER' } })
  })

  it('sets limits of any org, which may then ask for as much and no more', async () => {
    const bounds = { ingestRequestsPerMinute: 60, ingestBytesPerDay: '9007199254740991', monitors: 3 }
    const set = await setLimits({ orgId: other.orgId, ...bounds, maximumRetentionDays: { logs: 90, rum: 2 } })
    expect(set.userErrors).toEqual([])
    expect(set.org.limits).toEqual({
      ...bounds,
      maximumRetentionDays: { ...all(30), logs: 90, rum: 2 },
      // What was kept for longer than it may be is cut; more is kept only when the org asks for it.
      retentionDays: { ...all(30), rum: 2 },
    })
    const asked = await update({ retentionDays: { logs: 90 } }, other.apiToken)
    expect(asked.org.limits.retentionDays.logs).toBe(90)
    const more = await update({ retentionDays: { logs: 91 } }, other.apiToken)
    expect(more.userErrors).toMatchObject([{ code: 'LIMIT_EXCEEDED' }])
    const cut = await setLimits({ orgId: other.orgId, maximumRetentionDays: { logs: null } })
    expect(cut.org.limits).toMatchObject({ ...bounds, retentionDays: { logs: 30, rum: 2 } })
  })

  it('is told of an org that is not there, and of a number that is none', async () => {
    expect((await setLimits({ orgId: 'org_gone' })).userErrors).toMatchObject([
      { code: 'NOT_FOUND', path: ['input', 'orgId'] },
    ])
    for (const ingestBytesPerDay of ['0', '1.5', '9007199254740992', 'many'])
      expect((await setLimits({ orgId: other.orgId, ingestBytesPerDay })).userErrors).toMatchObject([
        { code: 'INVALID', path: ['input', 'ingestBytesPerDay'] },
      ])
  })

  it('sees every org a page at a time; others see none', async () => {
    const page = 'nodes { slug } pageInfo { endCursor hasNextPage } totalCount { value }'
    const first = (await gateway.ask(`{ orgs(first: 1) { ${page} } }`)).data.orgs
    const second = (await gateway.ask(`{ orgs(first: 1, after: "${first.pageInfo.endCursor}") { ${page} } }`)).data.orgs
    expect([...first.nodes, ...second.nodes].map(({ slug }) => slug).sort()).toEqual(['default', 'other'])
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage, first.totalCount.value]).toEqual([true, false, 2])
    const { errors } = await gateway.ask('{ orgs { nodes { id } } }', {}, other.apiToken)
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
  })
})

describe('a bound of monitors', () => {
  it('refuses one too many, and lets a replay and a deletion pass', async () => {
    const rule = { threshold: { measure: { logs: {} }, window: '5m', comparison: 'GT', critical: 1 } }
    const create = async (key: string) => {
      const query = `mutation($i: MonitorCreateInput!) { monitorCreate(input: $i) { monitor { id } ${ERRORS} } }`
      const input = { monitor: { key, name: key, rule }, idempotencyKey: key }
      return (await gateway.ask(query, { i: input }, other.apiToken)).data.monitorCreate
    }
    await setLimits({ orgId: other.orgId, monitors: 1 })
    const first = await create('one')
    expect(first.userErrors).toEqual([])
    expect((await create('two')).userErrors).toMatchObject([
      { code: 'LIMIT_EXCEEDED', path: ['input', 'monitor'], message: expect.stringContaining('has 1 monitors') },
    ])
    expect((await create('one')).monitor.id).toBe(first.monitor.id)
    await gateway.ask(`mutation { monitorDelete(id: "${first.monitor.id}") { deletedId } }`, {}, other.apiToken)
    expect((await create('two')).userErrors).toEqual([])
  })
})
