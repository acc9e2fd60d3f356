import { beforeEach, describe, expect, it } from 'vitest'
import { exceeded } from '../../schema/domain/query-bounds.js'
import { QueryError } from '../../schema/domain/query-error.js'
import { type LogReader, StoreError } from '../../schema/ports/telemetry.js'
import { useGateway } from '../../test/harness/gateway.js'

let search: LogReader['search']
const asked: object[] = []
const gateway = useGateway(() => ({
  logs: {
    forOrg: (orgId) => ({
      find: async () => null,
      search: (query) => {
        asked.push({ orgId, ...query })
        return search(query)
      },
    }),
  },
}))
beforeEach(() => {
  asked.length = 0
})

const record = {
  id: 'r1',
  at: '2026-03-01T12:00:00.123456789Z',
  service: 'api',
  level: 'error',
  message: 'timeout',
  traceId: null,
  spanId: null,
  attributes: { status: 503, retry: true },
}
const QUERY = `query($q: String, $from: DateTime!, $to: DateTime!, $first: Int, $after: String, $order: Order) {
  logs(query: $q, from: $from, to: $to, first: $first, after: $after, order: $order) {
    logs { nodes { id at service level message traceId spanId attributes } pageInfo { hasNextPage hasPreviousPage endCursor } }
    userErrors { code path message ... on QueryError { line column } } } }`
const RANGE = { from: '2026-03-01T12:00:00Z', to: '2026-03-01T14:00:00.5+01:00' }

describe('logs', () => {
  it('hands the question over and the records back', async () => {
    search = async () => ({ records: [{ cursor: 'c1', record }], hasNextPage: true })
    const { data } = await gateway.ask(QUERY, { q: '{service="api"}', ...RANGE, first: 7, after: 'c0', order: 'ASC' })
    expect(asked).toMatchObject([
      {
        selector: '{service="api"}',
        from: Date.parse(RANGE.from),
        to: Date.parse(RANGE.from) + 3_600_500,
        first: 7,
        after: 'c0',
        order: 'ASC',
      },
    ])
    expect(data.logs.userErrors).toEqual([])
    expect(data.logs.logs).toEqual({
      nodes: [record],
      pageInfo: { hasNextPage: true, hasPreviousPage: true, endCursor: 'c1' },
    })
  })

  it('takes the newest hundred of everything unless told otherwise', async () => {
    search = async () => ({ records: [], hasNextPage: false })
    await gateway.ask(
      'query($from: DateTime!, $to: DateTime!) { logs(from: $from, to: $to) { userErrors { code } } }',
      RANGE,
    )
    expect(asked).toMatchObject([{ selector: '{}', first: 100, after: null, order: 'DESC' }])
  })

  it.each([
    ['a wrong query', new QueryError('Found =.', 2, 5), { code: 'QUERY_INVALID', path: ['query'], line: 2, column: 5 }],
    [
      'a question the store cannot run',
      new StoreError('query', 'No such function.'),
      { code: 'QUERY_INVALID', path: ['query'] },
    ],
    ['a question that reads too much', exceeded('rows', 200_000_000), { code: 'TOO_BROAD', path: ['query'] }],
  ])('answers %s in userErrors', async (_name, error, expected) => {
    search = () => Promise.reject(error)
    const { data } = await gateway.ask(QUERY, RANGE)
    expect(data.logs).toMatchObject({ logs: null, userErrors: [{ ...expected, message: error.message }] })
  })

  it('answers an empty range in userErrors', async () => {
    const { data } = await gateway.ask(QUERY, { from: RANGE.from, to: RANGE.from })
    expect(data.logs).toMatchObject({ logs: null, userErrors: [{ code: 'INVALID', path: ['to'] }] })
  })

  it('says that the store is away, and logs why', async () => {
    search = () => Promise.reject(new StoreError('store', 'Connection refused to 10.0.0.1'))
    const { errors } = await gateway.ask(QUERY, RANGE)
    expect(errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE' } }])
    expect(errors[0]?.message).not.toContain('10.0.0.1')
    expect(gateway.failures.splice(0)).toHaveLength(1)
  })

  it.each(['yesterday', '2026-02-30T00:00:00Z', '2026-03-01T12:00:00', 1_772_000_000_000])(
    'refuses %s as a time',
    async (from) => {
      const { status, errors } = await gateway.ask(QUERY, { ...RANGE, from })
      expect([status, errors[0]?.extensions.code]).toEqual([400, 'BAD_USER_INPUT'])
    },
  )
})
