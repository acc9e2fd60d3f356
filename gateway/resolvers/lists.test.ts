import { beforeAll, describe, expect, it } from 'vitest'
import { putDelivery, putIncident, putInstance, putTimelineEntry, putTransition } from '../../test/builders/engine.js'
import { useGateway } from '../../test/harness/gateway.js'

const gateway = useGateway()
const COUNT = 7
let orgId = ''
const monitorIds: string[] = []
const two = (index: number) => String(index).padStart(2, '0')
const at = (index: number) => `2026-03-01T12:00:${two(index)}.000Z`
const indexes = Array.from({ length: COUNT }, (_, index) => index)

beforeAll(async () => {
  const { rows } = await gateway.pool.query('SELECT id FROM org')
  orgId = rows[0].id
  const rule = { threshold: { measure: { logs: {} }, window: '5m', comparison: 'GT', critical: 1 } }
  const ratio = {
    errorRatio: { bad: { logs: { filter: '{level="error"}' } }, total: { logs: {} }, window: '5m', critical: 0.1 },
  }
  for (const index of indexes) {
    gateway.clock.advance(1)
    const labels = [{ name: 'team', value: index % 2 ? 'web' : 'data' }]
    const monitor = {
      key: `m-${index}`,
      name: `Name ${index}`,
      rule: index === 6 ? ratio : rule,
      labels,
      paused: index === 5,
    }
    const { data } = await gateway.ask(
      `mutation($m: MonitorInput!, $c: ChannelCreateInput!) {
        monitorCreate(input: {monitor: $m}) { monitor { id } } channelCreate(input: $c) { channel { id } }
        ingestKeyCreate(input: {name: "k"}) { ingestKey { id } } apiTokenCreate(input: {name: "t", scopes: ["org:read"]}) { apiToken { id } } }`,
      { m: monitor, c: { key: `c-${index}`, name: 'C', config: { email: { to: ['a@example.com'] } } } },
    )
    monitorIds.push(data.monitorCreate.monitor.id)
    const channelId = data.channelCreate.channel.id
    const [first] = monitorIds
    await putIncident(gateway.pool, {
      id: `inc_${index}`,
      orgId,
      number: index + 1,
      monitorId: first ?? null,
      state: index < 2 ? 'RESOLVED' : 'TRIGGERED',
      severity: index % 2 ? 'WARNING' : 'CRITICAL',
      labels: { region: index % 2 ? 'eu-1' : 'us-1' },
      startedAt: at(index),
    })
    // All entries of one time: the id decides.
    await putTimelineEntry(gateway.pool, {
      id: `tle_${index}`,
      orgId,
      incidentId: 'inc_0',
      at: at(0),
      text: `t${index}`,
    })
    const state = index < 3 ? 'FIRING' : 'OK'
    await putInstance(gateway.pool, {
      id: `ali_${index}`,
      orgId,
      monitorId: first ?? '',
      labels: { pod: `p${index}` },
      state,
      incidentId: 'inc_0',
    })
    await putTransition(gateway.pool, { orgId, monitorId: first ?? '', at: at(index), to: index % 2 ? 'OK' : 'FIRING' })
    const status = index < 2 ? 'FAILED' : 'DELIVERED'
    await putDelivery(gateway.pool, {
      id: `dlv_${index}`,
      orgId,
      incidentId: 'inc_0',
      channelId,
      outboxId: index + 1,
      status,
    })
  }
  const status = `INSERT INTO engine.monitor_status (monitor_id, org_id, generation, state, health, evaluated_until, last_error)
    VALUES ($1, $2, $3, $4, $5, '2026-03-01T12:00:10Z', $6)`
  await gateway.pool.query(status, [monitorIds[0], orgId, 1, 'FIRING', 'HEALTHY', null])
  await gateway.pool.query(status, [monitorIds[1], orgId, 1, 'OK', 'ERROR', 'It went wrong.'])
  // Of a generation that is not the monitor's any more.
  await gateway.pool.query(status, [monitorIds[2], orgId, 0, 'FIRING', 'HEALTHY', null])
})

/** Every page of a connection at `path`, by its `first` and `after` arguments. */
async function pages(query: string, path: readonly string[], variables: object = {}) {
  const found: { nodes: { [name: string]: unknown }[]; pageInfo: { hasPreviousPage: boolean } }[] = []
  let after: string | null = null
  do {
    const { data, errors } = await gateway.ask(query, { ...variables, after })
    expect(errors).toEqual([])
    const page = path.reduce((value, name) => value[name], data)
    expect(page.edges.map((edge: { node: object }) => edge.node)).toEqual(page.nodes)
    expect(page.pageInfo.endCursor).toBe(page.edges.at(-1)?.cursor ?? null)
    found.push(page)
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  } while (after !== null)
  return found
}
const PAGE = (node: string) =>
  `edges { cursor node { ${node} } } nodes { ${node} } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`
const COUNTED = (node: string) => `${PAGE(node)} totalCount { value exact }`

describe('a list, three at a time', () => {
  const rising = (prefix: string, from = 0) => indexes.map((index) => `${prefix}${index + from}`)
  it.each<[string, string, string[], string, unknown[]]>([
    [
      'monitors',
      `query($after: String) { monitors(first: 3, after: $after) { ${COUNTED('key')} } }`,
      ['monitors'],
      'key',
      rising('m-'),
    ],
    [
      'channels',
      `query($after: String) { channels(first: 3, after: $after) { ${COUNTED('key')} } }`,
      ['channels'],
      'key',
      rising('c-'),
    ],
    [
      'incidents',
      `query($after: String) { incidents(first: 3, after: $after) { ${COUNTED('id')} } }`,
      ['incidents'],
      'id',
      rising('inc_').reverse(),
    ],
    [
      'deliveries',
      `query($after: String) { deliveries(first: 3, after: $after) { ${COUNTED('id')} } }`,
      ['deliveries'],
      'id',
      rising('dlv_').reverse(),
    ],
    [
      'timeline',
      `query($after: String) { incident(id: "inc_0") { timeline(first: 3, after: $after) { ${PAGE('text')} } } }`,
      ['incident', 'timeline'],
      'text',
      rising('t'),
    ],
    [
      'incident.instances',
      `query($after: String) { incident(id: "inc_0") { instances(first: 3, after: $after) { ${COUNTED('id')} } } }`,
      ['incident', 'instances'],
      'id',
      rising('ali_'),
    ],
    [
      'incident.deliveries',
      `query($after: String) { incident(id: "inc_0") { deliveries(first: 3, after: $after) { ${COUNTED('id')} } } }`,
      ['incident', 'deliveries'],
      'id',
      rising('dlv_').reverse(),
    ],
    [
      'instances',
      `query($after: String) { monitor(key: "m-0") { instances(first: 3, after: $after) { ${COUNTED('id')} } } }`,
      ['monitor', 'instances'],
      'id',
      rising('ali_'),
    ],
    [
      'transitions',
      `query($after: String) { monitor(key: "m-0") { transitions(first: 3, after: $after) { ${PAGE('at')} } } }`,
      ['monitor', 'transitions'],
      'at',
      indexes.map(at).reverse(),
    ],
  ])('%s', async (_name, query, path, field, expected) => {
    const found = await pages(query, path)
    expect(found.map((page) => page.nodes.length)).toEqual([3, 3, 1])
    expect(found.map((page) => page.pageInfo.hasPreviousPage)).toEqual([false, true, true])
    expect(found.flatMap((page) => page.nodes.map((node) => node[field]))).toEqual(expected)
    for (const page of found) if ('totalCount' in page) expect(page.totalCount).toEqual({ value: COUNT, exact: true })
  })

  it.each([
    [
      'ingestKeys',
      9,
      `query($after: String) { ingestKeys(first: 4, after: $after) { ${COUNTED('id')} } }`,
      ['ingestKeys'],
    ],
    [
      'apiTokens',
      8,
      `query($after: String) { viewer { org { apiTokens(first: 4, after: $after) { ${COUNTED('id')} } } } }`,
      ['viewer', 'org', 'apiTokens'],
    ],
  ])('%s, with those of the first start', async (_name, count, query, path) => {
    const ids = (await pages(query, path)).flatMap((page) => page.nodes.map((node) => node.id))
    expect(new Set(ids).size).toBe(count)
  })

  it.each([
    ['first: 0', 'monitors(first: 0) { nodes { id } }'],
    ['first: 101', 'incidents(first: 101) { nodes { id } }'],
    ['a cursor that is text', 'monitors(after: "hello") { nodes { id } }'],
    [
      'a cursor of another list',
      `channels(after: "${Buffer.from('["monitors","mon_1"]').toString('base64url')}") { nodes { id } }`,
    ],
    [
      'a cursor with another position',
      `incidents(after: "${Buffer.from('["incidents",1e300]').toString('base64url')}") { nodes { id } }`,
    ],
    ['a pattern that is none', 'monitors(filter: {labels: [{name: "a", operator: RE, value: "("}]}) { nodes { id } }'],
    ['a label name that is none', 'monitors(filter: {labels: [{name: "a b", value: "x"}]}) { nodes { id } }'],
    ['both id and key', 'monitor(id: "mon_x", key: "x") { id }'],
    ['neither id nor number', 'incident { id }'],
  ])('refuses %s', async (_name, field) => {
    const { errors } = await gateway.ask(`{ ${field} }`)
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    expect(gateway.failures).toEqual([])
  })
})

describe('filters', () => {
  const monitors = async (filter: object) => {
    const query = 'query($f: MonitorFilter) { monitors(filter: $f) { nodes { key } totalCount { value } } }'
    const { monitors: page } = (await gateway.ask(query, { f: filter })).data
    expect(page.totalCount.value).toBe(page.nodes.length)
    return page.nodes.map((node: { key: string }) => node.key)
  }
  const incidents = async (filter: object) => {
    const query = 'query($f: IncidentFilter) { incidents(filter: $f) { nodes { number } totalCount { value } } }'
    const { incidents: page } = (await gateway.ask(query, { f: filter })).data
    expect(page.totalCount.value).toBe(page.nodes.length)
    return page.nodes.map((node: { number: number }) => node.number)
  }

  it.each<[object, string[]]>([
    [{ states: ['FIRING'] }, ['m-0']],
    [{ states: ['NO_DATA'] }, ['m-2', 'm-3', 'm-4', 'm-5', 'm-6']],
    [{ health: ['ERROR', 'PAUSED'] }, ['m-1', 'm-5']],
    [{ kinds: ['errorRatio'] }, ['m-6']],
    [{ text: 'nAmE 3' }, ['m-3']],
    [{ text: '%' }, []],
    [{ labels: [{ name: 'team', value: 'web' }] }, ['m-1', 'm-3', 'm-5']],
    [{ labels: [{ name: 'team', operator: 'NEQ', value: 'web' }] }, ['m-0', 'm-2', 'm-4', 'm-6']],
    [{ labels: [{ name: 'team', operator: 'RE', value: 'w.b|x' }] }, ['m-1', 'm-3', 'm-5']],
    [
      {
        labels: [
          { name: 'team', operator: 'NRE', value: 'w' },
          { name: 'zone', value: '' },
        ],
        kinds: ['threshold'],
        states: ['FIRING', 'OK'],
      },
      ['m-0', 'm-1'],
    ],
  ])('of monitors: %j', async (filter, keys) => {
    expect(await monitors(filter)).toEqual(keys)
  })

  it.each<[object, number[]]>([
    [{ states: ['RESOLVED'] }, [2, 1]],
    [{ severities: ['WARNING'], states: ['TRIGGERED'] }, [6, 4]],
    [{ labels: [{ name: 'region', operator: 'RE', value: 'eu-.' }] }, [6, 4, 2]],
    [{ from: at(2), to: at(4) }, [4, 3]],
  ])('of incidents: %j', async (filter, numbers) => {
    expect(await incidents(filter)).toEqual(numbers)
  })

  it('of instances, transitions and deliveries', async () => {
    const { data } = await gateway.ask(
      `query($from: DateTime, $to: DateTime) { monitor(key: "m-0") {
        instances(states: [FIRING]) { nodes { id labels { name value } value missing incident { number } monitor { key } } totalCount { value } }
        transitions(from: $from, to: $to) { nodes { to reason value } } }
        deliveries(statuses: [FAILED]) { nodes { id attempts { durationMs outcome detail } } totalCount { value } } }`,
      { from: at(2), to: at(4) },
    )
    expect(data.monitor.instances.totalCount.value).toBe(3)
    expect(data.monitor.instances.nodes[1]).toEqual({
      id: 'ali_1',
      labels: [{ name: 'pod', value: 'p1' }],
      value: 7.5,
      missing: false,
      incident: { number: 1 },
      monitor: { key: 'm-0' },
    })
    expect(data.monitor.transitions.nodes).toEqual([
      { to: 'OK', reason: 'threshold', value: 7.5 },
      { to: 'FIRING', reason: 'threshold', value: 7.5 },
    ])
    expect(data.deliveries).toEqual({
      nodes: ['dlv_1', 'dlv_0'].map((id) => ({
        id,
        attempts: [{ durationMs: 12, outcome: 'delivered', detail: '200' }],
      })),
      totalCount: { value: 2 },
    })
  })
})

it('shows a status only of the monitor as it is now', async () => {
  const { data } = await gateway.ask('{ monitors(first: 3) { nodes { state health evaluatedUntil lastError } } }')
  expect(data.monitors.nodes).toEqual([
    { state: 'FIRING', health: 'HEALTHY', evaluatedUntil: '2026-03-01T12:00:10.000Z', lastError: null },
    { state: 'OK', health: 'ERROR', evaluatedUntil: '2026-03-01T12:00:10.000Z', lastError: 'It went wrong.' },
    { state: 'NO_DATA', health: 'BACKFILLING', evaluatedUntil: null, lastError: null },
  ])
})

it('goes on naming a deleted monitor and channel in what they did', async () => {
  const { data: channel } = await gateway.ask('{ channel(key: "c-0") { id } }')
  await gateway.ask(
    'mutation($m: ID!, $c: ID!) { monitorDelete(id: $m) { deletedId } channelDelete(id: $c) { deletedId } }',
    {
      m: monitorIds[0],
      c: channel.channel.id,
    },
  )
  const { data, errors } = await gateway.ask(
    '{ incident(id: "inc_0") { monitor { key } deliveries(first: 100) { nodes { channel { key } } } } monitor(key: "m-0") { id } }',
  )
  expect(errors).toEqual([])
  expect(data.monitor).toBeNull()
  expect(data.incident.monitor).toEqual({ key: 'm-0' })
  expect(data.incident.deliveries.nodes.at(-1)).toEqual({ channel: { key: 'c-0' } })
})
