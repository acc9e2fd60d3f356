import { describe, expect, it } from 'vitest'
import type { LogReader } from '../../schema/ports/telemetry.js'
import { useGateway } from '../../test/harness/gateway.js'

const T0 = Date.parse('2026-03-01T12:00:00.000Z')
/** Seconds from T0 of the records of service `api`. */
let seconds: number[] = []
const asked: Parameters<LogReader['search']>[0][] = []
const recordOf = (second: number) => ({
  ...{
    id: `${second}`,
    at: new Date(T0 + second * 1_000).toISOString(),
    service: 'a"pi',
    level: '',
    message: `${second}`,
  },
  ...{ traceId: null, spanId: null, attributes: {} },
})
const gateway = useGateway(() => ({
  logs: {
    forOrg: () => ({
      async search(query) {
        asked.push(query)
        const { from, to, first, after, order } = query
        const sign = order === 'ASC' ? 1 : -1
        const met = seconds
          .filter((second) => T0 + second * 1_000 >= from && T0 + second * 1_000 < to)
          .filter((second) => sign * (second - Number(after)) > 0)
          .sort((a, b) => sign * (a - b))
        const records = met.slice(0, first).map((second) => ({ cursor: `${second}`, record: recordOf(second) }))
        return { records, hasNextPage: met.length > first }
      },
      find: async ({ id }) => (seconds.includes(Number(id)) ? recordOf(Number(id)) : null),
    }),
  },
}))

const QUERY = `query($id: ID!, $before: Int, $after: Int, $q: String) {
  logContext(id: $id, before: $before, after: $after, query: $q) {
    record { message } before { nodes { message } pageInfo { hasPreviousPage startCursor } }
    after { nodes { message } pageInfo { hasNextPage endCursor } } userErrors { code path } } }`
const messages = (connection: { nodes: { message: string }[] }) => connection.nodes.map(({ message }) => message)

describe('logContext', () => {
  it('shows the nearest on both sides in the order of time, and where to go on', async () => {
    seconds = [-3, -2, -1, 0, 1, 2, 3]
    const { logContext } = (await gateway.ask(QUERY, { id: '0', before: 2, after: 1 })).data
    expect([messages(logContext.before), logContext.record.message, messages(logContext.after)]).toEqual([
      ['-2', '-1'],
      '0',
      ['1'],
    ])
    expect(logContext.before.pageInfo).toEqual({ hasPreviousPage: true, startCursor: '-2' })
    expect(logContext.after.pageInfo).toEqual({ hasNextPage: true, endCursor: '1' })
    expect(asked[0]?.selector).toBe('{service="a\\"pi"}')
  })

  it('looks further where there is little near by, up to a day', async () => {
    seconds = [-90_000, -80_000, 0, 3_000]
    const { logContext } = (await gateway.ask(QUERY, { id: '0' })).data
    expect([messages(logContext.before), messages(logContext.after)]).toEqual([['-80000'], ['3000']])
    expect(logContext.before.pageInfo.hasPreviousPage).toBe(false)
  })

  it('takes another query, and none of a side', async () => {
    asked.length = 0
    seconds = [-1, 0, 1]
    const { logContext } = (await gateway.ask(QUERY, { id: '0', before: 0, q: '{level="error"}' })).data
    expect([messages(logContext.before), messages(logContext.after)]).toEqual([[], ['1']])
    expect(asked.every(({ selector, order }) => selector === '{level="error"}' && order === 'ASC')).toBe(true)
  })

  it.each([
    ['a record that there is not', { id: '5' }, 'NOT_FOUND', 'id'],
    ['too many', { id: '0', after: 101 }, 'INVALID', 'after'],
    ['fewer than none', { id: '0', before: -1 }, 'INVALID', 'before'],
  ])('answers %s in userErrors', async (_name, variables, code, path) => {
    seconds = [0]
    const { logContext } = (await gateway.ask(QUERY, variables)).data
    expect(logContext).toMatchObject({ record: null, before: null, userErrors: [{ code, path: [path] }] })
  })
})
