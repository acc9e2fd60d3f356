import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, it } from 'vitest'
import { QUERY_BOUNDS } from '../../schema/domain/query-bounds.js'
import { StoreError } from '../../schema/ports/telemetry.js'
import { createMetricReader } from '../../sql/metric-reader.js'
import { createMetricWriter } from '../../sql/metric-store.js'
import { putInstance } from '../../test/builders/engine.js'
import { addOrg, useGateway } from '../../test/harness/gateway.js'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const NOW_S = NOW / 1_000
const PATH = '/prometheus/api/v1'

let failWith: Error | null = null
let held: AbortController | null = null
const gateway = useGateway((pool) => ({
  metrics: {
    forOrg: (orgId) => ({
      async select(...args) {
        if (failWith !== null) throw failWith
        // A store that does not answer until the test lets it.
        if (held !== null) await once(held.signal, 'abort')
        return createMetricReader(pool, orgId).select(...args)
      },
    }),
  },
  queryBounds: {
    of: async () => ({ ...QUERY_BOUNDS, timeMs: 60_000, series: 3, samples: 100, points: 1_000, atOnce: 8 }),
  },
}))

beforeAll(async () => {
  const [{ id: orgId } = { id: '' }] = await gateway.database.org.findMany()
  const { orgId: otherId } = await addOrg(gateway, 'other')
  const at = (name: string, labels: Record<string, string>, value: number, ts = NOW - 10_000, org = orgId) =>
    ({ orgId: org, name, kind: name.endsWith('_total') ? 'counter' : 'gauge', labels, ts, value }) as const
  await createMetricWriter(gateway.pool).insert(1n, [
    at('up', { job: 'api', zone: 'é"\\' }, 1),
    at('up', { job: 'web' }, 0),
    at('requests_total', { job: 'api' }, 1e21),
    at('requests_total', { job: 'api' }, 1e21, NOW - 70_000),
    at('tiny', {}, 1.5e-7),
    at('tiny', {}, 1e-7, NOW - 70_000),
    at('old', {}, 1, NOW - 7_200_000),
    ...['a', 'b', 'c', 'd'].map((pod) => at('many', { pod }, 1)),
    ...Array.from({ length: 101 }, (_, index) => at('dense', {}, index, NOW - index * 1_000)),
    at('secret', { job: 'other' }, 1, NOW - 10_000, otherId),
  ])
})

type Parameters = Record<string, string | readonly string[]>

function encoded(parameters: Parameters): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters))
    for (const one of typeof value === 'string' ? [value] : value) search.append(name, one)
  return search.toString()
}

async function get(path: string, parameters: Parameters = {}, authorization = `Bearer ${gateway.first.apiToken}`) {
  const answer = await gateway.inject({ url: `${PATH}${path}?${encoded(parameters)}`, headers: { authorization } })
  return { status: answer.statusCode, body: answer.json(), text: answer.body, headers: answer.headers }
}

async function post(path: string, parameters: Parameters) {
  const answer = await gateway.inject({
    method: 'POST',
    url: `${PATH}${path}`,
    headers: {
      authorization: `Bearer ${gateway.first.apiToken}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: encoded(parameters),
  })
  return { status: answer.statusCode, body: answer.json(), text: answer.body }
}

describe('answers to the byte as Prometheus does', () => {
  const cases: readonly [name: string, path: string, parameters: Parameters, data: string][] = [
    [
      'a vector',
      '/query',
      { query: 'up{job="api"}', time: String(NOW_S) },
      `{"resultType":"vector","result":[{"metric":{"__name__":"up","job":"api","zone":"é\\"\\\\"},"value":[${NOW_S},"1"]}]}`,
    ],
    [
      'a scalar at a fraction',
      '/query',
      { query: '1+1', time: '1435781451.78' },
      '{"resultType":"scalar","result":[1435781451.780,"2"]}',
    ],
    ['a string', '/query', { query: '"a\\"b"', time: '0' }, '{"resultType":"string","result":[0,"a\\"b"]}'],
    ['no series', '/query', { query: 'nothing' }, '{"resultType":"vector","result":[]}'],
    [
      'a value with an exponent',
      '/query',
      { query: 'sum(requests_total)' },
      `{"resultType":"vector","result":[{"metric":{},"value":[${NOW_S},"1e+21"]}]}`,
    ],
    [
      'a small value',
      '/query',
      { query: 'sum(tiny)' },
      `{"resultType":"vector","result":[{"metric":{},"value":[${NOW_S},"1.5e-07"]}]}`,
    ],
    ['what is no number', '/query', { query: '0/0', time: '1' }, '{"resultType":"scalar","result":[1,"NaN"]}'],
    [
      'infinity before 1970',
      '/query',
      { query: '-1/0', time: '-0.5' },
      '{"resultType":"scalar","result":[-0.500,"-Inf"]}',
    ],
    [
      'samples of a range',
      '/query',
      { query: 'requests_total[5m]' },
      `{"resultType":"matrix","result":[{"metric":{"__name__":"requests_total","job":"api"},"values":[[${NOW_S - 70},"1e+21"],[${NOW_S - 10},"1e+21"]]}]}`,
    ],
    [
      'a range',
      '/query_range',
      { query: 'sum(up)', start: String(NOW_S - 30), end: new Date(NOW + 15_000).toISOString(), step: '15s' },
      `{"resultType":"matrix","result":[{"metric":{},"values":[[${NOW_S},"1"],[${NOW_S + 15},"1"]]}]}`,
    ],
    [
      'a range of one instant, the step in seconds',
      '/query_range',
      { query: '2', start: '10', end: '10', step: '0.5' },
      '{"resultType":"matrix","result":[{"metric":{},"values":[[10,"2"]]}]}',
    ],
    ['names of labels', '/labels', {}, '["__name__","job","pod","zone"]'],
    ['names of labels of some series', '/labels', { 'match[]': ['up{job="web"}', 'tiny'] }, '["__name__","job"]'],
    ['values of a label', '/label/job/values', {}, '["api","web"]'],
    ['values of a label of some series', '/label/job/values', { 'match[]': 'requests_total' }, '["api"]'],
    ['names of metrics', '/label/__name__/values', {}, '["dense","many","old","requests_total","tiny","up"]'],
    ['names of metrics of a time', '/label/__name__/values', { end: String(NOW_S - 3_600) }, '["old"]'],
    ['values of no label', '/label/nothing/values', {}, '[]'],
    [
      'series',
      '/series',
      { 'match[]': ['up{job=~"w.b"}', '{__name__="tiny"}'] },
      '[{"__name__":"tiny"},{"__name__":"up","job":"web"}]',
    ],
    [
      'metadata',
      '/metadata',
      { metric: 'requests_total' },
      '{"requests_total":[{"type":"counter","help":"","unit":""}]}',
    ],
    ['no exemplars', '/query_exemplars', { query: 'up', start: '0', end: '10' }, '[]'],
    ['no rules', '/rules', { type: 'record' }, '{"groups":[]}'],
  ]

  it.each(cases)('%s', async (_name, path, parameters, data) => {
    const [got, posted] = [await get(path, parameters), await post(path, parameters)]
    expect(got.text).toBe(`{"status":"success","data":${data}}`)
    expect([got.status, posted]).toMatchObject([200, { status: 200, text: got.text }])
    expect(got.headers['content-type']).toBe('application/json; charset=utf-8')
  })

  it('says what it was like to build', async () => {
    expect((await get('/status/buildinfo')).body).toMatchObject({ status: 'success', data: { version: '3.0.0' } })
  })

  it('cuts at a limit and warns', async () => {
    const limited = await get('/query', { query: 'up', limit: '1' })
    expect(limited.body.data.result).toHaveLength(1)
    expect(limited.body.warnings).toEqual([expect.stringContaining('limit of 1')])
    expect((await get('/query', { query: 'up', limit: '2' })).body.warnings).toBeUndefined()
    expect((await get('/label/job/values', { limit: '1' })).body).toMatchObject({ data: ['api'], warnings: [{}] })
  })

  it('hands notes over', async () => {
    const { body } = await get('/query', { query: 'rate(tiny[5m])' })
    expect(body.infos).toEqual([expect.stringContaining('might not be a counter')])
  })
})

describe('refuses', () => {
  const RANGE = { query: 'up', start: '0', end: '10', step: '1' }
  it.each<[name: string, path: string, parameters: Parameters, status: number, errorType: string, words: string]>([
    ['no query', '/query', {}, 400, 'bad_data', 'expected an expression'],
    ['exemplars of a wrong query', '/query_exemplars', { query: 'up{' }, 400, 'bad_data', 'Line 1'],
    ['a wrong query', '/query', { query: 'sum(up' }, 400, 'bad_data', 'Line 1, column 7'],
    ['an unknown function', '/query', { query: 'nope(up)' }, 400, 'bad_data', 'nope'],
    ['a wrong time', '/query', { query: 'up', time: 'soon' }, 400, 'bad_data', '"time"'],
    ['a time that is no number', '/query', { query: 'up', time: 'NaN' }, 400, 'bad_data', '"time"'],
    ['a time past all', '/query', { query: 'up', time: '1e300' }, 400, 'bad_data', '"time"'],
    ['a wrong timeout', '/query', { query: 'up', timeout: '-1' }, 400, 'bad_data', '"timeout"'],
    ['a wrong limit', '/query', { query: 'up', limit: '-1' }, 400, 'bad_data', '"limit"'],
    ['another look-back', '/query', { query: 'up', lookback_delta: '1m' }, 400, 'bad_data', 'lookback_delta'],
    ['a range without a start', '/query_range', { ...RANGE, start: '' }, 400, 'bad_data', '"start"'],
    ['a range without a step', '/query_range', { ...RANGE, step: '' }, 400, 'bad_data', '"step"'],
    ['a step of nothing', '/query_range', { ...RANGE, step: '0' }, 400, 'bad_data', '"step"'],
    ['a step below a millisecond', '/query_range', { ...RANGE, step: '0.0001' }, 400, 'bad_data', '"step"'],
    ['a range that ends early', '/query_range', { ...RANGE, end: '-1' }, 400, 'bad_data', '"end"'],
    ['11,001 steps', '/query_range', { ...RANGE, end: '11001' }, 400, 'bad_data', '11000'],
    ['samples over a range', '/query_range', { ...RANGE, query: 'up[5m]' }, 400, 'bad_data', 'range vector'],
    ['series of nothing', '/series', {}, 400, 'bad_data', 'match[]'],
    ['no selector', '/series', { 'match[]': 'up + 1' }, 400, 'bad_data', 'match[]'],
    ['a wrong selector', '/labels', { 'match[]': '{' }, 400, 'bad_data', 'match[]'],
    ['rules of another type', '/rules', { type: 'x' }, 400, 'bad_data', '"type"'],
    ['many to many', '/query', { query: 'up * on() up' }, 422, 'execution', 'match'],
    ['more series than may be', '/query', { query: 'many' }, 422, 'execution', '3 series'],
    ['more samples than may be', '/query', { query: 'sum(rate(dense[5m]))' }, 422, 'execution', '100 samples'],
    [
      'more values than may be',
      '/query_range',
      { ...RANGE, query: 'vector(1)', end: '1000' },
      422,
      'execution',
      '1,000 values',
    ],
    ['text that no store holds', '/query', { query: 'up{job="\\x00"}' }, 400, 'bad_data', 'U+0000'],
    ['the same plainly', '/query', { query: '"\0"' }, 400, 'bad_data', 'U+0000'],
    ['the same in a selector', '/series', { 'match[]': 'up{job!~"\\x00"}' }, 400, 'bad_data', 'U+0000'],
    ['the same as a name', '/label/%00/values', {}, 400, 'bad_data', 'U+0000'],
    ['what is not there', '/nothing', {}, 404, 'not_found', '/nothing'],
  ])('%s', async (_name, path, parameters, status, errorType, words) => {
    const answer = await get(path, parameters)
    expect(answer.body).toEqual({ status: 'error', errorType, error: expect.stringContaining(words) })
    expect(answer.status).toBe(status)
    expect(gateway.failures).toEqual([])
  })

  it('a query that takes too long', async () => {
    held = new AbortController()
    const answer = await get('/query', { query: 'up', timeout: '50ms' })
    held.abort()
    held = null
    expect(answer).toMatchObject({ status: 503, body: { status: 'error', errorType: 'timeout' } })
  })

  it('more queries at once than may be', async () => {
    held = new AbortController()
    const asked = Array.from({ length: 9 }, () => get('/query', { query: 'up', timeout: '2s' }))
    const refused = await Promise.race(asked)
    expect(refused).toMatchObject({ status: 503, body: { errorType: 'unavailable' }, headers: { 'retry-after': '1' } })
    held.abort()
    held = null
    expect((await Promise.all(asked)).filter(({ status }) => status === 200)).toHaveLength(8)
  })

  it('what a store cannot answer, without saying why', async () => {
    failWith = new StoreError('store', 'Connection refused to 10.0.0.1')
    const answer = await get('/query', { query: 'up' })
    failWith = new Error('A secret of ours.')
    const fault = await get('/query', { query: 'up' })
    failWith = null
    expect(answer).toMatchObject({ status: 503, body: { errorType: 'unavailable' } })
    expect(fault).toMatchObject({ status: 500, body: { errorType: 'internal' } })
    expect(answer.text + fault.text).not.toMatch(/10\.0\.0\.1|secret/)
    expect(gateway.failures.splice(0)).toHaveLength(2)
  })

  it('a body of another kind', async () => {
    const answer = await gateway.inject({
      method: 'POST',
      url: `${PATH}/query`,
      headers: { 'content-type': 'text/plain' },
      payload: 'query=up',
    })
    expect([answer.statusCode, answer.json().errorType]).toEqual([400, 'bad_data'])
  })
})

async function listening(): Promise<void> {
  if (!gateway.app.server.listening) await gateway.app.listen({ host: '127.0.0.1', port: 0 })
}

describe('callers', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

  it('may send the token as a password', async () => {
    const answer = await get('/query', { query: 'sum(up)' }, basic(`anybody:${gateway.first.apiToken}`))
    expect(answer.status).toBe(200)
  })

  it.each([
    ['none', ''],
    ['an unknown token', 'Bearer toc_nobody'],
    ['a wrong password', basic('user:password')],
    ['no colon', basic('user')],
    ['another scheme', 'Digest x'],
  ])('are refused with %s', async (_name, authorization) => {
    const answer = await get('/query', { query: 'up' }, authorization)
    expect(answer).toMatchObject({ status: 401, body: { status: 'error', errorType: 'unauthorized' } })
    expect(answer.headers['www-authenticate']).toContain('Basic')
  })

  it('need the permission', async () => {
    const { token } = (
      await gateway.ask(
        'mutation { apiTokenCreate(input: {name: "logs", scopes: ["logs:read"]}) { token userErrors { message } } }',
      )
    ).data.apiTokenCreate
    for (const path of ['/query', '/labels', '/rules'])
      expect(await get(path, {}, `Bearer ${token}`)).toMatchObject({ status: 403, body: { errorType: 'forbidden' } })
  })

  it('see their own org alone', async () => {
    const query = { query: 'secret or vector(0)' }
    expect((await get('/query', query)).body.data.result[0].value[1]).toBe('0')
    const { apiToken } = await addOrg(gateway, 'third')
    expect((await get('/label/__name__/values', {}, `Bearer ${apiToken}`)).body.data).toEqual([])
    expect((await get('/labels', {}, `Bearer ${apiToken}`)).body.data).toEqual([])
    expect((await get('/series', { 'match[]': 'secret' })).body.data).toEqual([])
    expect((await get('/metadata', {})).body.data.secret).toBeUndefined()
  })

  it('who leave end the statement that PostgreSQL is at', async () => {
    await listening()
    const holder = await gateway.pool.connect()
    try {
      await holder.query('BEGIN; LOCK TABLE metrics.series IN ACCESS EXCLUSIVE MODE')
      const headers = { authorization: `Bearer ${gateway.first.apiToken}` }
      const { port } = gateway.app.server.address() as AddressInfo
      const paths = ['/query?query=up', '/labels', '/label/job/values', '/series?match[]=up', '/metadata']
      const graphql = {
        query: '{ metricInstant(promql: "up") { warnings } metricNames { names } labelValues(name: "job") { names } }',
      }
      const callers = [
        ...paths.map((path) => httpRequest({ port, path: `${PATH}${path}`, headers }).end()),
        httpRequest({
          ...{ port, path: '/graphql', method: 'POST' },
          headers: { ...headers, 'content-type': 'application/json' },
        }).end(JSON.stringify(graphql)),
      ]
      for (const caller of callers) caller.on('error', () => caller.destroy())
      // Not in the holder's transaction, which would see the same activity again and again.
      const waiting = async () => {
        const { rows } = await gateway.pool.query<{ n: number }>(
          `SELECT count(*)::integer AS n FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        )
        return rows[0]?.n
      }
      await expect.poll(waiting, { timeout: 20_000 }).toBe(paths.length + 3)
      for (const caller of callers) caller.destroy()
      await expect.poll(waiting, { timeout: 20_000 }).toBe(0)
    } finally {
      await holder.query('ROLLBACK')
      holder.release()
    }
    expect((await get('/query', { query: 'sum(up)' })).status).toBe(200)
  })

  it('who leave end their query', async () => {
    await listening()
    const { port } = gateway.app.server.address() as AddressInfo
    held = new AbortController()
    const headers = { authorization: `Bearer ${gateway.first.apiToken}` }
    const leave = () => {
      const left = httpRequest({ port, path: `${PATH}/query?query=up`, headers })
      left.on('error', () => left.destroy()).end()
      return left
    }
    const all = Array.from({ length: 8 }, leave)
    // All places are taken, until their callers leave.
    await expect.poll(async () => (await get('/query', { query: '1' })).status).toBe(503)
    for (const left of all) left.destroy()
    await expect.poll(async () => (await get('/query', { query: '1' })).status).toBe(200)
    held.abort()
    held = null
  })
})

describe('monitors', () => {
  it('on metrics are alerting rules, and what fires are alerts', async () => {
    const create = async (key: string, measure: string, more: string) => {
      const { data } = await gateway.ask(`mutation { monitorCreate(input: {monitor: {
        key: "${key}", name: "${key}", for: "1m", rule: {threshold: {measure: ${measure}, comparison: GT, critical: 5, warning: 2}}, ${more}
      }}) { monitor { id } userErrors { message path } } }`)
      expect(data.monitorCreate.userErrors).toEqual([])
      return data.monitorCreate.monitor.id as string
    }
    const firing = await create(
      'slow',
      '{metric: {promql: "max by (job) (up)"}}',
      'labels: [{name: "team", value: "a"}]',
    )
    await create('calm', '{metric: {promql: "up"}}', 'every: "30s", description: "Words."')
    const [{ id: orgId } = { id: '' }] = await gateway.database.org.findMany({
      where: { slug: { notIn: ['other', 'third'] } },
    })
    await gateway.pool.query(
      `INSERT INTO engine.monitor_status (monitor_id, org_id, generation, state, health, evaluated_until, last_evaluated_at, last_error)
       VALUES ($1, $2, 1, 'FIRING', 'HEALTHY', '2026-03-01T12:00:10Z', '2026-03-01T12:00:11Z', NULL)`,
      [firing, orgId],
    )
    await putInstance(gateway.pool, { id: 'ai_1', orgId, monitorId: firing, labels: { job: 'api' } })
    await putInstance(gateway.pool, { id: 'ai_2', orgId, monitorId: firing, labels: { job: 'web' }, state: 'PENDING' })
    await putInstance(gateway.pool, { id: 'ai_3', orgId, monitorId: firing, labels: { job: 'x' }, state: 'OK' })

    const { groups } = (await get('/rules')).body.data
    expect(groups).toMatchObject([
      {
        name: 'every 10s',
        interval: 10,
        lastEvaluation: '2026-03-01T12:00:11.000Z',
        rules: [
          {
            type: 'alerting',
            name: 'slow',
            state: 'firing',
            query: '(max by (job) (up)) > 2',
            duration: 60,
            health: 'ok',
            labels: { team: 'a' },
          },
        ],
      },
      {
        name: 'every 30s',
        rules: [{ name: 'calm', state: 'inactive', health: 'unknown', annotations: { description: 'Words.' } }],
      },
    ])
    const { alerts } = (await get('/alerts')).body.data
    expect(alerts).toEqual(groups[0].rules[0].alerts)
    expect(alerts).toMatchObject([
      {
        state: 'firing',
        value: '7.5',
        activeAt: '2026-03-01T12:00:00.000Z',
        labels: { alertname: 'slow', job: 'api', team: 'a', severity: 'critical' },
      },
      { state: 'pending', labels: { job: 'web' } },
    ])
    const named = (await get('/rules', { 'rule_name[]': 'calm', type: 'alert' })).body.data.groups
    expect(named.flatMap(({ rules }: { rules: { name: string }[] }) => rules.map(({ name }) => name))).toEqual(['calm'])
  })
})
