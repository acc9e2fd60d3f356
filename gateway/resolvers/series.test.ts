import { beforeAll, describe, expect, it } from 'vitest'
import { exceeded, QUERY_BOUNDS } from '../../schema/domain/query-bounds.js'
import { QueryError } from '../../schema/domain/query-error.js'
import type { LogSeriesReader } from '../../schema/ports/series.js'
import { createMetricWriter } from '../../sql/metric-store.js'
import { useGateway } from '../../test/harness/gateway.js'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const RANGE = { from: '2026-03-01T12:00:00Z', to: '2026-03-01T12:01:00Z' }

let answer: () => Promise<unknown> = async () => []
const asked: object[] = []
const gateway = useGateway(() => ({
  logSeries: {
    forOrg: () => {
      const reply = (query: object) => {
        asked.push(query)
        return answer()
      }
      return { histogram: reply, series: reply } as unknown as LogSeriesReader
    },
  },
}))

beforeAll(async () => {
  const [{ id: orgId } = { id: '' }] = await gateway.database.org.findMany()
  const at = (name: string, labels: Record<string, string>, value: number) =>
    ({ orgId, name, kind: 'gauge', labels, ts: NOW - 10_000, value }) as const
  await createMetricWriter(gateway.pool).insert(1n, [
    at('up', { job: 'api' }, 1),
    at('up', { job: 'web' }, 0),
    at('odd', { job: 'x' }, Number.NaN),
    at('odd', { job: 'y' }, Number.NEGATIVE_INFINITY),
  ])
})

const SERIES =
  'series { labels { name value } timestamps values nonFinite } warnings userErrors { __typename code path message ... on QueryError { line column } }'
const instant = (promql: string, at: string | null = null) =>
  gateway.ask(`query($promql: String!, $at: DateTime) { it: metricInstant(promql: $promql, at: $at) { ${SERIES} } }`, {
    promql,
    at,
  })
const range = (promql: string, variables: object = {}) =>
  gateway.ask(
    `query($promql: String!, $from: DateTime!, $to: DateTime!, $step: Duration!) {
      it: metricRange(promql: $promql, from: $from, to: $to, step: $step) { ${SERIES} } }`,
    { promql, step: '30s', ...RANGE, ...variables },
  )

describe('metricInstant', () => {
  it('answers now, with what JSON cannot hold beside', async () => {
    const { data } = await instant('odd or 1/0 * up')
    expect(data.it.userErrors).toEqual([])
    const shown = data.it.series.map(({ labels, ...rest }: { labels: { value: string }[] }) => [
      labels.at(-1)?.value,
      rest,
    ])
    expect(Object.fromEntries(shown)).toEqual({
      x: { timestamps: [NOW], values: [null], nonFinite: ['0:NaN'] },
      y: { timestamps: [NOW], values: [null], nonFinite: ['0:-Inf'] },
      api: { timestamps: [NOW], values: [null], nonFinite: ['0:+Inf'] },
      web: { timestamps: [NOW], values: [null], nonFinite: ['0:NaN'] },
    })
  })

  it('answers at a time, scalars and ranges of samples too', async () => {
    const at = '2026-03-01T12:00:30Z'
    expect((await instant('2', at)).data.it.series).toEqual([
      { labels: [], timestamps: [NOW + 30_000], values: [2], nonFinite: [] },
    ])
    expect((await instant('up{job="api"}[5m]', at)).data.it.series).toMatchObject([
      {
        labels: [
          { name: '__name__', value: 'up' },
          { name: 'job', value: 'api' },
        ],
        timestamps: [NOW - 10_000],
        values: [1],
      },
    ])
  })

  it.each([
    [
      'a wrong query',
      'sum(up',
      { __typename: 'QueryError', code: 'QUERY_INVALID', path: ['promql'], line: 1, column: 7 },
    ],
    ['one wrong for its data', 'up * on() up', { __typename: 'QueryError', code: 'QUERY_INVALID', path: ['promql'] }],
    ['a string', '"x"', { code: 'QUERY_INVALID', path: ['promql'] }],
  ])('answers %s in userErrors', async (_name, promql, error) => {
    const { data, errors } = await instant(promql)
    expect([errors, data.it]).toMatchObject([[], { series: [], warnings: [], userErrors: [error] }])
  })
})

describe('metricRange', () => {
  it('answers at every step', async () => {
    const { data } = await range('sum(up)')
    expect(data.it).toEqual({
      series: [{ labels: [], timestamps: [NOW, NOW + 30_000, NOW + 60_000], values: [1, 1, 1], nonFinite: [] }],
      warnings: [],
      userErrors: [],
    })
  })

  it.each([
    ['an empty range', { to: RANGE.from }, 'INVALID', 'to'],
    ['no step', { step: '0s' }, 'INVALID', 'step'],
    ['a step that is none', { step: 'often' }, 'INVALID', 'step'],
    ['more steps than may be', { to: '2026-03-08T12:00:00Z', step: '1s' }, 'TOO_BROAD', 'promql'],
  ])('answers %s in userErrors', async (_name, variables, code, at) => {
    const { data } = await range('up', variables)
    expect(data.it.userErrors).toMatchObject([{ code, path: [at] }])
  })
})

describe('names', () => {
  const names = async (call: string) =>
    (await gateway.ask(`{ it: ${call} { names truncated userErrors { code path } } }`)).data.it
  it.each([
    ['metrics', 'metricNames', ['odd', 'up'], false],
    ['metrics by their beginning', 'metricNames(prefix: "u")', ['up'], false],
    ['metrics by a beginning that is no pattern', 'metricNames(prefix: "%")', [], false],
    ['as many as are asked for', 'metricNames(first: 1)', ['odd'], true],
    ['values', 'labelValues(name: "job")', ['api', 'web', 'x', 'y'], false],
    [
      'values where',
      'labelValues(name: "job", matchers: [{name: "__name__", value: "up"}, {name: "job", operator: RE, value: "a.*"}])',
      ['api'],
      false,
    ],
    ['values of no label', 'labelValues(name: "é\'\\"")', [], false],
  ])('%s', async (_name, call, found, truncated) => {
    expect(await names(call)).toEqual({ names: found, truncated, userErrors: [] })
  })

  it.each([
    ['none', 'metricNames(first: 0)', 'INVALID', 'first'],
    [
      'a wrong pattern',
      'labelValues(name: "job", matchers: [{name: "job", operator: RE, value: "("}])',
      'QUERY_INVALID',
      'matchers',
    ],
  ])('refuses %s', async (_name, call, code, at) => {
    expect((await names(call)).userErrors).toEqual([{ code, path: [at] }])
  })
})

describe('logs', () => {
  const histogram = (more = '') =>
    gateway.ask(
      `query($from: DateTime!, $to: DateTime!) { it: logHistogram(from: $from, to: $to${more}) {
        buckets { at level count } userErrors { code path } } }`,
      RANGE,
    )

  it('are counted in buckets of one width', async () => {
    answer = async () => [
      { at: NOW, level: 'info', count: '9007199254740993' },
      { at: NOW, level: '', count: '1' },
    ]
    const { data } = await histogram(', buckets: 7, query: "{service=\\"api\\"}"')
    expect(asked.splice(0)).toMatchObject([
      {
        selector: '{service="api"}',
        from: NOW,
        to: NOW + 60_000,
        widthMs: 8_572,
        signal: expect.any(AbortSignal),
        bounds: QUERY_BOUNDS,
      },
    ])
    expect(data.it).toEqual({
      buckets: [
        { at: '2026-03-01T12:00:00.000Z', level: 'info', count: '9007199254740993' },
        { at: '2026-03-01T12:00:00.000Z', level: null, count: '1' },
      ],
      userErrors: [],
    })
  })

  it('are counted in 1 to 1,000 buckets', async () => {
    for (const count of [0, 1_001])
      expect((await histogram(`, buckets: ${count}`)).data.it).toEqual({
        buckets: [],
        userErrors: [{ code: 'INVALID', path: ['buckets'] }],
      })
  })

  const series = (step = '20s') =>
    gateway.ask(
      `query($from: DateTime!, $to: DateTime!, $step: Duration!) {
        it: logSeries(query: "rate({}[1m])", from: $from, to: $to, step: $step) { ${SERIES} } }`,
      { ...RANGE, step },
    )

  it('become series', async () => {
    answer = async () => [
      {
        labels: { service: 'api' },
        timestamps: Float64Array.of(NOW, NOW + 20_000),
        values: Float64Array.of(1, Number.NaN),
      },
    ]
    const { data } = await series()
    expect(data.it).toEqual({
      series: [
        {
          labels: [{ name: 'service', value: 'api' }],
          timestamps: [NOW, NOW + 20_000],
          values: [1, null],
          nonFinite: ['1:NaN'],
        },
      ],
      warnings: [],
      userErrors: [],
    })
  })

  it.each([
    ['wrong', new QueryError('Found =.', 2, 5), { code: 'QUERY_INVALID', path: ['query'], line: 2, column: 5 }],
    [
      'too large',
      exceeded('rows', 200),
      { code: 'TOO_BROAD', path: ['query'], message: exceeded('rows', 200).message },
    ],
  ])('answer a %s query in userErrors', async (_name, error, shown) => {
    answer = () => Promise.reject(error)
    expect((await series()).data.it).toMatchObject({ series: [], warnings: [], userErrors: [shown] })
  })

  it('answer too many steps in userErrors', async () => {
    const { data } = await gateway.ask(
      'query($from: DateTime!) { it: logSeries(query: "rate({}[1m])", from: $from, to: "2027-03-01T12:00:00Z", step: "1s") { userErrors { code path } } }',
      RANGE,
    )
    expect(data.it.userErrors).toEqual([{ code: 'TOO_BROAD', path: ['step'] }])
  })
})

it('needs the permission of what is read', async () => {
  const { data } = await gateway.ask(
    'mutation { apiTokenCreate(input: {name: "none", scopes: ["org:read"]}) { token userErrors { message } } }',
  )
  for (const query of ['{ metricNames { names } }', '{ metricInstant(promql: "1") { warnings } }']) {
    const { errors } = await gateway.ask(query, {}, data.apiTokenCreate.token)
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
  }
})
