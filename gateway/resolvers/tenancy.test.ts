import { beforeAll, describe, expect, it } from 'vitest'
import { putDelivery, putIncident, putInstance, putTimelineEntry, putTransition } from '../../test/builders/engine.js'
import { addOrg, useGateway } from '../../test/harness/gateway.js'

// Two orgs that hold one of everything. Whatever one asks of the other's ids must answer as ids that were never made.
const gateway = useGateway()

interface Things {
  readonly token: string
  readonly ids: Readonly<Record<string, string>>
}
let ours: Things
let theirs: Things

const rule = { threshold: { measure: { logs: {} }, window: '5m', comparison: 'GT', critical: 1 } }

async function fill(orgId: string, token: string, mark: string, number: number): Promise<Things> {
  const { data } = await gateway.ask(
    `mutation($monitor: MonitorCreateInput!, $channel: ChannelCreateInput!, $key: IngestKeyCreateInput!, $token: ApiTokenCreateInput!) {
      monitorCreate(input: $monitor) { monitor { id } } channelCreate(input: $channel) { channel { id } }
      ingestKeyCreate(input: $key) { ingestKey { id } } apiTokenCreate(input: $token) { apiToken { id } } }`,
    {
      monitor: { monitor: { key: `m-${mark}`, name: mark, rule } },
      channel: { key: `c-${mark}`, name: mark, config: { email: { to: ['a@example.com'] } } },
      key: { name: mark },
      token: { name: mark, scopes: ['monitor:read'] },
    },
    token,
  )
  const ids = {
    monitor: data.monitorCreate.monitor.id,
    channel: data.channelCreate.channel.id,
    ingestKey: data.ingestKeyCreate.ingestKey.id,
    apiToken: data.apiTokenCreate.apiToken.id,
    incident: `inc_${mark}`,
    instance: `ali_${mark}`,
    delivery: `dlv_${mark}`,
  }
  const { pool } = gateway
  await putIncident(pool, { id: ids.incident, orgId, number, monitorId: ids.monitor })
  await putInstance(pool, { id: ids.instance, orgId, monitorId: ids.monitor, incidentId: ids.incident })
  await putTransition(pool, { orgId, monitorId: ids.monitor, at: '2026-03-01T12:00:10Z', to: 'FIRING' })
  await putTimelineEntry(pool, {
    id: `tle_${mark}`,
    orgId,
    incidentId: ids.incident,
    at: '2026-03-01T12:00:10Z',
    text: mark,
  })
  await putDelivery(pool, {
    id: ids.delivery,
    orgId,
    incidentId: ids.incident,
    channelId: ids.channel,
    outboxId: number,
  })
  const who = await gateway.ask('{ viewer { user { id } org { id members { nodes { id } } } } }', {}, token)
  return {
    token,
    ids: {
      ...ids,
      user: who.data.viewer.user.id,
      org: who.data.viewer.org.id,
      member: who.data.viewer.org.members.nodes[0].id,
    },
  }
}

beforeAll(async () => {
  const { rows } = await gateway.pool.query('SELECT id FROM org')
  ours = await fill(rows[0].id, gateway.first.apiToken, 'ours', 1)
  const other = await addOrg(gateway, 'other')
  theirs = await fill(other.orgId, other.apiToken, 'theirs', 2)
})

const READS = `query($monitor: ID!, $channel: ID!, $incident: ID!) {
  monitor(id: $monitor) { id instances { nodes { id } } transitions { nodes { to } } }
  channel(id: $channel) { id }
  incident(id: $incident) { id timeline { nodes { text } } instances { nodes { id } } deliveries { nodes { id channel { id } incidents { id } } } }
}`
const NODES = 'query($ids: [ID!]!) { nodes(ids: $ids) { id } }'
const LISTS = `{
  monitors { nodes { key } totalCount { value } } channels { nodes { key } totalCount { value } } ingestKeys { nodes { id } totalCount { value } }
  incidents { nodes { id } totalCount { value } } deliveries { nodes { id } totalCount { value } }
  viewer { org { slug members { nodes { user { email } } } apiTokens { nodes { id } } } orgs { org { slug } } }
}`
const MUTATIONS: readonly (readonly [name: string, query: string, ids: (of: Things['ids']) => object])[] = [
  [
    'monitorUpdate',
    'mutation($id: ID!) { p: monitorUpdate(input: {id: $id, expectedVersion: 1, monitor: {name: "x"}}) { userErrors { code path message } } }',
    (of) => ({ id: of.monitor }),
  ],
  [
    'monitorDelete',
    'mutation($id: ID!) { p: monitorDelete(id: $id) { userErrors { code path message } } }',
    (of) => ({ id: of.monitor }),
  ],
  [
    'channelUpdate',
    'mutation($id: ID!) { p: channelUpdate(input: {id: $id, expectedVersion: 1, name: "x"}) { userErrors { code path message } } }',
    (of) => ({ id: of.channel }),
  ],
  [
    'channelTest',
    'mutation($id: ID!) { p: channelTest(id: $id) { delivered userErrors { code path message } } }',
    (of) => ({ id: of.channel }),
  ],
  [
    'channelDelete',
    'mutation($id: ID!) { p: channelDelete(id: $id) { userErrors { code path message } } }',
    (of) => ({ id: of.channel }),
  ],
  [
    'ingestKeyRotate',
    'mutation($id: ID!) { p: ingestKeyRotate(id: $id) { secret userErrors { code path message } } }',
    (of) => ({ id: of.ingestKey }),
  ],
  [
    'ingestKeyRevoke',
    'mutation($id: ID!) { p: ingestKeyRevoke(id: $id) { userErrors { code path message } } }',
    (of) => ({ id: of.ingestKey }),
  ],
  [
    'apiTokenRevoke',
    'mutation($id: ID!) { p: apiTokenRevoke(id: $id) { userErrors { code path message } } }',
    (of) => ({ id: of.apiToken }),
  ],
]
/** Ids of the same kinds that were never made. */
const never = (of: Things['ids']) =>
  Object.fromEntries(Object.entries(of).map(([name, id]) => [name, `${id.slice(0, 4)}nothing`]))

it('reads what is its own', async () => {
  for (const { token, ids } of [ours, theirs]) {
    const { data, errors } = await gateway.ask(READS, ids, token)
    expect(errors).toEqual([])
    expect(data.monitor).toMatchObject({
      id: ids.monitor,
      instances: { nodes: [{ id: ids.instance }] },
      transitions: { nodes: [{ to: 'FIRING' }] },
    })
    expect(data.incident.deliveries.nodes).toEqual([
      { id: ids.delivery, channel: { id: ids.channel }, incidents: [{ id: ids.incident }] },
    ])
    const all = Object.values(ids)
    expect((await gateway.ask(NODES, { ids: all }, token)).data.nodes.map((node: { id: string }) => node?.id)).toEqual(
      all,
    )
  }
})

describe('another org’s ids answer exactly as ids that were never made', () => {
  it('by queries', async () => {
    const foreign = await gateway.ask(READS, theirs.ids, ours.token)
    expect(foreign).toEqual(await gateway.ask(READS, never(theirs.ids), ours.token))
    expect(foreign.data).toEqual({ monitor: null, channel: null, incident: null })
  })

  it('by keys and numbers', async () => {
    const query = '{ monitor(key: "m-theirs") { id } channel(key: "c-theirs") { id } incident(number: 2) { id } }'
    expect((await gateway.ask(query, {}, ours.token)).data).toEqual({ monitor: null, channel: null, incident: null })
  })

  it('by node and nodes', async () => {
    const ids = Object.values(theirs.ids)
    const { data } = await gateway.ask(NODES, { ids }, ours.token)
    expect(data.nodes).toEqual(ids.map(() => null))
  })

  it.each(MUTATIONS)('by %s', async (_name, query, pick) => {
    const foreign = await gateway.ask(query, pick(theirs.ids), ours.token)
    expect(foreign.data.p.userErrors).toMatchObject([{ code: 'NOT_FOUND' }])
    expect(foreign).toEqual(await gateway.ask(query, pick(never(theirs.ids)), ours.token))
  })
})

it('lists only what is its own', async () => {
  const { data, errors } = await gateway.ask(LISTS, {}, theirs.token)
  expect(errors).toEqual([])
  expect(data.monitors).toEqual({ nodes: [{ key: 'm-theirs' }], totalCount: { value: 1 } })
  expect(data.channels).toEqual({ nodes: [{ key: 'c-theirs' }], totalCount: { value: 1 } })
  expect(data.ingestKeys).toEqual({ nodes: [{ id: theirs.ids.ingestKey }], totalCount: { value: 1 } })
  expect(data.incidents).toEqual({ nodes: [{ id: theirs.ids.incident }], totalCount: { value: 1 } })
  expect(data.deliveries).toEqual({ nodes: [{ id: theirs.ids.delivery }], totalCount: { value: 1 } })
  expect(data.viewer.org).toMatchObject({
    slug: 'other',
    members: { nodes: [{ user: { email: 'other@example.com' } }] },
  })
  expect(data.viewer.orgs).toEqual([{ org: { slug: 'other' } }])
})

it('takes a key that another org has', async () => {
  const query = 'mutation($m: MonitorCreateInput!) { monitorCreate(input: $m) { monitor { key } userErrors { code } } }'
  const { data } = await gateway.ask(query, { m: { monitor: { key: 'm-theirs', name: 'x', rule } } }, ours.token)
  expect(data.monitorCreate).toEqual({ monitor: { key: 'm-theirs' }, userErrors: [] })
})
