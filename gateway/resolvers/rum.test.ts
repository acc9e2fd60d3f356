import { beforeEach, describe, expect, it } from 'vitest'
import { QueryBoundError } from '../../schema/domain/query-bounds.js'
import { QueryError } from '../../schema/domain/query-error.js'
import { CursorError } from '../../schema/ports/control-plane.js'
import type { RumReader, RumSession } from '../../schema/ports/rum.js'
import type { ReadLimits } from '../../schema/ports/series.js'
import { useGateway } from '../../test/harness/gateway.js'

const asked: object[] = []
type Answers = { [Name in keyof RumReader]: Awaited<ReturnType<RumReader[Name]>> }
let answers: { [Name in keyof RumReader]?: Answers[Name] | Error } = {}

/** A reader that keeps what it is asked, and answers what a test set. */
function readerOf(orgId: string): RumReader {
  const answer =
    <Name extends keyof RumReader>(name: Name) =>
    async (query: object): Promise<Answers[Name]> => {
      const { signal, bounds, ...rest } = query as ReadLimits
      asked.push({ orgId, isBounded: signal !== undefined && bounds !== undefined, ...rest })
      const found = answers[name]
      if (found instanceof Error) throw found
      return found as Answers[Name]
    }
  return {
    vitals: answer('vitals'),
    vitalSeries: answer('vitalSeries'),
    sessions: answer('sessions'),
    session: answer('session'),
    sessionEvents: answer('sessionEvents'),
    errors: answer('errors'),
  }
}
const gateway = useGateway(() => ({ rum: { forOrg: readerOf } }))
beforeEach(() => {
  asked.length = 0
  answers = {}
})

const [FROM, TO] = ['2026-03-01T12:00:00Z', '2026-03-01T13:00:00Z']
const RANGE = `from: "${FROM}", to: "${TO}"`
const SPAN = { from: Date.parse(FROM), to: Date.parse(TO) }
const EMPTY = { items: [], hasNextPage: false }
const SESSION: RumSession = {
  id: 's1',
  startedAt: '2026-03-01T12:00:01.000000001Z',
  endedAt: '2026-03-01T12:00:02.000Z',
  durationMs: 999.999999,
  events: 3,
  pages: 2,
  views: 2,
  errors: 0,
  entryPage: '/',
  app: 'shop',
  user: null,
  country: 'NO',
  browser: 'Firefox',
  os: 'Linux',
  device: 'desktop',
}

describe('rumVitals', () => {
  const FIELDS = 'metric dimension value page count p50 p75 p95 good needsImprovement poor'
  const vitals = (args: string) =>
    gateway.ask(`{ rumVitals(${RANGE}${args}) { vitals { ${FIELDS} } truncated userErrors { code path message } } }`)
  const lcp = { metric: 'LCP', value: '/ä', count: 8, p50: 1, p75: 2, p95: 3, good: 4, needsImprovement: 3, poor: 1 }

  it('shows ratings as shares, and a page by its name', async () => {
    answers.vitals = { vitals: [lcp], truncated: true }
    const { data } = await vitals(', by: PAGE, filter: "{app=\\"shop\\"}", first: 7')
    expect(asked).toEqual([
      {
        orgId: expect.stringMatching(/^org_/),
        ...SPAN,
        by: 'PAGE',
        filter: '{app="shop"}',
        first: 7,
        isBounded: true,
      },
    ])
    const shares = { good: 0.5, needsImprovement: 0.375, poor: 0.125 }
    expect(data.rumVitals).toEqual({
      vitals: [{ ...lcp, ...shares, count: '8', dimension: 'PAGE', page: '/ä' }],
      truncated: true,
      userErrors: [],
    })
  })

  it('names another dimension by `value` alone', async () => {
    answers.vitals = { vitals: [{ ...lcp, value: 'NO' }], truncated: false }
    const { data } = await vitals(', by: COUNTRY')
    expect(data.rumVitals.vitals).toMatchObject([{ dimension: 'COUNTRY', value: 'NO', page: null }])
  })

  it('looks at everything unless told otherwise', async () => {
    answers.vitals = { vitals: [], truncated: false }
    const { data } = await vitals('')
    expect(asked).toMatchObject([{ by: null, filter: '{}', first: 100 }])
    expect(data.rumVitals).toEqual({ vitals: [], truncated: false, userErrors: [] })
  })

  it.each([
    ['a wrong filter', new QueryError('Found =.', 1, 3), { code: 'QUERY_INVALID', path: ['filter'] }],
    ['too much', new QueryBoundError('rows', 'Too many.'), { code: 'TOO_BROAD', path: ['filter'] }],
  ])('answers %s in userErrors', async (_name, error, expected) => {
    answers.vitals = error
    const { data } = await vitals('')
    expect(data.rumVitals).toMatchObject({ vitals: [], userErrors: [{ ...expected, message: error.message }] })
  })

  it.each([0, 1_001])('refuses %s values', async (first) => {
    const { data } = await vitals(`, first: ${first}`)
    expect(data.rumVitals).toMatchObject({ vitals: [], userErrors: [{ code: 'INVALID', path: ['first'] }] })
  })
})

describe('rumVitalSeries', () => {
  const series = (step: string, range = RANGE) =>
    gateway.ask(`{ rumVitalSeries(${range}, step: "${step}") {
      series { labels { name value } timestamps values } userErrors { code path } } }`)

  it('shows columns', async () => {
    const timestamps = Float64Array.of(SPAN.from)
    answers.vitalSeries = [{ labels: { metric: 'LCP' }, timestamps, values: Float64Array.of(2_500.5) }]
    const { data } = await series('5m')
    expect(asked).toMatchObject([{ step: 300_000, filter: '{}' }])
    expect(data.rumVitalSeries).toEqual({
      series: [{ labels: [{ name: 'metric', value: 'LCP' }], timestamps: [SPAN.from], values: [2_500.5] }],
      userErrors: [],
    })
  })

  it.each([
    ['1s', 'TOO_BROAD'],
    ['soon', 'INVALID'],
  ])('refuses a step of %s over a day', async (step, code) => {
    const day = `from: "${FROM}", to: "2026-03-02T12:00:00Z"`
    expect((await series(step, day)).data.rumVitalSeries).toMatchObject({ userErrors: [{ code, path: ['step'] }] })
  })
})

describe('rumSessions', () => {
  it('shows a page of sessions', async () => {
    answers.sessions = { items: [{ cursor: 'c1', value: SESSION }], hasNextPage: true }
    const fields = Object.keys(SESSION).join(' ')
    const { data } = await gateway.ask(`{ rumSessions(${RANGE}, filter: "{}", first: 3, after: "c0") {
      sessions { nodes { ${fields} } pageInfo { hasNextPage endCursor } } userErrors { code } } }`)
    expect(asked).toMatchObject([{ ...SPAN, filter: '{}', first: 3, after: 'c0', isBounded: true }])
    expect(data.rumSessions).toEqual({
      sessions: { nodes: [SESSION], pageInfo: { hasNextPage: true, endCursor: 'c1' } },
      userErrors: [],
    })
  })
})

describe('rumSession', () => {
  const session = (args: string) =>
    gateway.ask(`{ rumSession(id: "s1"${args}) { session { id } events { nodes { id error { message } } }
      userErrors { code path } } }`)

  it('shows the session and its events', async () => {
    answers.session = SESSION
    const event = { type: 'view', app: null, session: 's1', view: null, page: '/', url: null, name: null, value: 0 }
    const rest = { rating: null, error: null, traceId: null, spanId: null, attribution: {}, attributes: {} }
    const value = { id: 'e1', at: SESSION.startedAt, ...event, ...rest }
    answers.sessionEvents = { items: [{ cursor: 'e1', value }], hasNextPage: false }
    const { data } = await session(`, ${RANGE}`)
    expect(asked).toMatchObject([
      { id: 's1', ...SPAN },
      { id: 's1', ...SPAN, first: 100, after: null },
    ])
    expect(data.rumSession).toEqual({
      session: { id: 's1' },
      events: { nodes: [{ id: 'e1', error: null }] },
      userErrors: [],
    })
  })

  it('is null when there is none', async () => {
    answers.session = null
    answers.sessionEvents = EMPTY
    expect((await session('')).data.rumSession).toEqual({ session: null, events: null, userErrors: [] })
  })
})

describe('rumErrors', () => {
  it('shows groups with their histogram', async () => {
    const group = { fingerprint: 'f', type: null, message: 'm', stack: null, session: null, count: 2, sessions: 1 }
    const times = { firstAt: SESSION.startedAt, lastAt: SESSION.endedAt }
    const shares = { browsers: [{ value: 'Firefox', count: 2 }], pages: [], histogram: [{ at: SPAN.from, count: 2 }] }
    answers.errors = { items: [{ cursor: 'c1', value: { ...group, ...times, ...shares } }], hasNextPage: false }
    const { data } = await gateway.ask(`{ rumErrors(${RANGE}) { errors { nodes { fingerprint count firstAt
      browsers { value count } histogram { at count } } } userErrors { code } } }`)
    expect(data.rumErrors.errors.nodes).toEqual([
      {
        ...{ fingerprint: 'f', count: '2', firstAt: SESSION.startedAt },
        browsers: [{ value: 'Firefox', count: '2' }],
        histogram: [{ at: '2026-03-01T12:00:00.000Z', count: '2' }],
      },
    ])
  })
})

describe('lists of browser events', () => {
  it.each(['rumSessions', 'rumErrors'])('%s says what is wrong with a cursor and a range', async (field) => {
    answers = { sessions: new CursorError('No cursor.'), errors: new CursorError('No cursor.') }
    const bad = await gateway.ask(`{ ${field}(${RANGE}, after: "x") { userErrors { code path message } } }`)
    expect(bad.data[field].userErrors).toEqual([{ code: 'INVALID', path: ['after'], message: 'No cursor.' }])
    const empty = await gateway.ask(`{ ${field}(from: "${TO}", to: "${FROM}") { userErrors { code path } } }`)
    expect(empty.data[field].userErrors).toEqual([{ code: 'INVALID', path: ['to'] }])
  })
})
