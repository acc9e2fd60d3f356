import { beforeAll, expect, it } from 'vitest'
import { createMetricWriter } from '../../sql/metric-store.js'
import { addOrg, useGateway } from '../harness/gateway.js'
import { HOSTILE_STRINGS, SHARPEST } from './strings.js'

/* Hostile strings through every parameter of Prometheus's API: its own form of answer, a closed type of error, no 500. */

const MARK = 'of_another_org'
const gateway = useGateway()

beforeAll(async () => {
  const { orgId } = await addOrg(gateway, 'other')
  const ts = gateway.clock.now()
  const sample = { orgId, kind: 'gauge' as const, name: MARK, labels: { who: MARK }, ts, value: 1 }
  await createMetricWriter(gateway.pool).insert(1n, [sample])
})

/** Paths with the parameters they take, and what the others are while one is tried. */
const PATHS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  query: { query: 'up', time: '1772366400', timeout: '5s', limit: '5', lookback_delta: '5m', stats: 'all' },
  query_range: { query: 'up', start: '1772366400', end: '1772366460', step: '15', timeout: '5s', limit: '5' },
  series: { 'match[]': 'up', start: '1772366400', end: '1772366460', limit: '5' },
  labels: { 'match[]': 'up', start: '1772366400', end: '1772366460', limit: '5' },
  'label/job/values': { 'match[]': 'up', start: '1772366400', end: '1772366460', limit: '5' },
  metadata: { metric: 'up', limit: '5', limit_per_metric: '5' },
  rules: { type: 'alert', 'rule_name[]': 'x', 'rule_group[]': 'x', 'file[]': 'x', exclude_alerts: 'true' },
  alerts: {},
  'status/buildinfo': {},
}
/** All strings everywhere take minutes; otherwise each path has its turn of them. */
const isWhole = process.env.TOCSIN_TEST_STRINGS === 'all'
const TURNS = 9
const ERROR_TYPES = ['bad_data', 'execution', 'not_found']

async function ask(path: string, parameters: URLSearchParams, byForm: boolean): Promise<void> {
  const url = `/prometheus/api/v1/${path}`
  const authorization = `Bearer ${gateway.first.apiToken}`
  const answer = await gateway.inject(
    byForm
      ? {
          ...{ method: 'POST', url, payload: parameters.toString() },
          headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
        }
      : { method: 'GET', url: `${url}?${parameters}`, headers: { authorization } },
  )
  const place = `${path}?${parameters}`.slice(0, 300)
  expect([place, gateway.failures.splice(0)]).toEqual([place, []])
  expect([place, [200, 400, 404, 414, 422].includes(answer.statusCode)]).toEqual([place, true])
  expect(answer.body).not.toContain(`"${MARK}"`)
  expect(answer.body).not.toMatch(/node_modules|\\n\s+at /)
  const body = JSON.parse(answer.body) as { status: string; errorType?: string; error?: string }
  if (answer.statusCode === 200) expect(body.status).toBe('success')
  else expect([place, body.status, ERROR_TYPES.includes(body.errorType ?? '')]).toEqual([place, 'error', true])
}

it.each(Object.entries(PATHS).map(([path, usual], i) => [path, usual, i] as const))(
  '%s bears hostile strings',
  async (path, usual, turn) => {
    const names = [...Object.keys(usual), 'unknown']
    const sharpest = isWhole ? HOSTILE_STRINGS : SHARPEST.filter((_, i) => i % 4 === turn % 4)
    const own = HOSTILE_STRINGS.filter((_, i) => i % TURNS === turn % TURNS)
    const tried = [
      ...names.flatMap((name) => sharpest.map((text) => [name, text] as const)),
      ...own.map((text, i) => [names[i % names.length] ?? 'unknown', text] as const),
    ]
    for (const [i, [name, text]] of tried.entries()) {
      const parameters = new URLSearchParams(usual)
      parameters.set(name, text)
      await ask(path, parameters, i % 2 === 0)
    }
  },
)

it('names of labels and parameters may be any string', async () => {
  for (const [i, text] of (isWhole ? HOSTILE_STRINGS : SHARPEST).entries()) {
    const name = encodeURIComponent(Buffer.from(text).toString()).replaceAll('.', '%2E')
    await ask(`label/${name}/values`, new URLSearchParams(), i % 2 === 0)
    await ask('labels', new URLSearchParams({ [text]: text }), i % 2 === 1)
  }
})

it('paths may be any string', async () => {
  for (const path of ['query%00', 'label//values']) await ask(path, new URLSearchParams(), false)
  // No path at all, so no API's own answer.
  for (const path of ['label/%zz/values', 'label/%/values', '%']) {
    const answer = await gateway.inject({ method: 'GET', url: `/prometheus/api/v1/${path}` })
    expect([path, answer.statusCode, answer.json().errors?.[0]?.extensions.code]).toEqual([path, 400, 'BAD_REQUEST'])
  }
  for (const text of SHARPEST)
    await ask(encodeURIComponent(Buffer.from(text).toString()) || 'x', new URLSearchParams(), false)
})
