import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createClient } from 'graphql-ws'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { type FlushSnapshot, NO_FLUSHES, sees } from '../../schema/domain/horizon.js'
import { exceeded } from '../../schema/domain/query-bounds.js'
import { useGateway } from '../../test/harness/gateway.js'
import { SUBSCRIPTION_BOUNDS } from './bounds.js'

/** Messages by the flush that brought them. */
let stored: { flush: bigint; message: string }[] = []
let now: FlushSnapshot = NO_FLUSHES
let fails: Error | null = null

const gateway = useGateway(() => ({
  recheckMs: 20,
  flushes: { snapshot: async () => now, dirtySlices: async () => ({ slices: [1], ranges: [] }) },
  logTail: {
    forOrg: () => ({
      async page({ before, after }) {
        if (fails !== null) throw fails
        const found = stored.filter(({ flush }) => sees(after, flush) && !sees(before, flush))
        const records = found.map(({ message }) => ({
          cursor: message,
          record: {
            ...{ id: message, at: '2026-03-01T12:00:00.000Z', service: 'api', level: '', message },
            ...{ traceId: null, spanId: null, attributes: {} },
          },
        }))
        return { records, hasNextPage: false }
      },
      count: async () => 0,
    }),
  },
}))

let url = ''
beforeAll(async () => {
  await gateway.app.listen({ host: '127.0.0.1', port: 0 })
  url = `127.0.0.1:${(gateway.app.server.address() as AddressInfo).port}/graphql`
})
beforeEach(() => {
  ;[stored, now, fails] = [[], NO_FLUSHES, null]
})

function store(...messages: string[]): void {
  const flush = now.upTo + 1n
  stored.push(...messages.map((message) => ({ flush, message })))
  now = { upTo: flush, except: [] }
}

const TAIL =
  'subscription($q: String! = "{}", $after: String) { logTail(query: $q, after: $after) { cursor dropped record { message } } }'
const bearer = () => `Bearer ${gateway.first.apiToken}`

// biome-ignore lint/suspicious/noExplicitAny: a test looks into events of any shape.
type Event = any

/** A client of graphql-ws, and its subscriptions as lists of events. */
function client(authorization: string | null = bearer(), headers: Record<string, string> = {}) {
  class Socket extends WebSocket {
    constructor(address: string, protocols: string) {
      super(address, protocols, { headers })
    }
  }
  return createClient({
    url: `ws://${url}`,
    webSocketImpl: Socket,
    retryAttempts: 0,
    connectionParams: authorization === null ? {} : { authorization },
  })
}

/** A subscription over SSE: its events, each as text of the protocol read. */
async function* streamed(response: Response): AsyncGenerator<{ event: string; data: Event }> {
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString('utf8')
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const [event = '', data = ''] = text.slice(0, end).split('\n')
      text = text.slice(end + 2)
      if (event.startsWith(':')) continue
      yield {
        event: event.replace('event: ', ''),
        data: data === 'data: ' ? null : JSON.parse(data.replace('data: ', '')),
      }
    }
  }
}

const byStream = (body: object, headers: Record<string, string> = {}, signal?: AbortSignal) =>
  fetch(`http://${url}`, {
    method: 'POST',
    headers: {
      ...{ accept: 'text/event-stream', 'content-type': 'application/json', authorization: bearer() },
      ...headers,
    },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  })

describe('a subscription over WebSocket', () => {
  it('tails logs, and goes on where another ended', async () => {
    const first = client()
    const events = first.iterate<Event>({ query: TAIL })
    expect((await events.next()).value.data.logTail).toMatchObject({ record: null, dropped: 0 })
    store('one', 'two')
    const shown = [(await events.next()).value.data.logTail, (await events.next()).value.data.logTail]
    expect(shown.map(({ record }) => record.message)).toEqual(['one', 'two'])
    await first.dispose()
    store('three')
    const second = client()
    const more = second.iterate<Event>({ query: TAIL, variables: { after: shown[1].cursor } })
    expect((await more.next()).value.data.logTail.record.message).toBe('three')
    await second.dispose()
  })

  it('takes credentials from the header of the upgrade', async () => {
    const one = client(null, { authorization: bearer() })
    const events = one.iterate<Event>({ query: TAIL })
    expect((await events.next()).value.data.logTail.record).toBeNull()
    await one.dispose()
  })

  it.each([
    ['none', null],
    ['wrong', 'Bearer toc_000000000000000000000000000000000000'],
  ])('closes with 4401 and why when credentials are %s', async (_name, authorization) => {
    const ended = client(authorization).iterate<Event>({ query: TAIL }).next()
    await expect(ended).rejects.toMatchObject({ code: 4401, reason: expect.stringMatching(/expected|unknown/) })
  })

  it.each([
    ['a query', '{ viewer { role } }', 'OPERATION_RESOLUTION_FAILURE'],
    ['a document that does not parse', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
    ['a field that there is not', 'subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['two fields', 'subscription { a: logTail { cursor } b: logTail { cursor } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['too large a document', `subscription { logTail { ${'cursor '.repeat(201)} } }`, 'QUERY_TOO_LARGE'],
    ['a wrong query', 'subscription { logTail(query: "{a=") { cursor } }', 'QUERY_INVALID'],
    ['a foreign cursor', 'subscription { logTail(after: "x") { cursor } }', 'INVALID'],
    ['no variable', 'subscription($q: String!) { logTail(query: $q) { cursor } }', 'BAD_USER_INPUT'],
  ])('answers %s with an error, by both transports', async (_name, query, code) => {
    const one = client()
    await expect(one.iterate<Event>({ query }).next()).rejects.toMatchObject([{ extensions: { code } }])
    await one.dispose()
    const response = await byStream({ query })
    expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ extensions: { code } }] }])
    expect(gateway.failures).toEqual([])
  })

  it('ends a tail that asks too much, with why', async () => {
    const one = client()
    const events = one.iterate<Event>({ query: TAIL })
    await events.next()
    fails = exceeded('rows', 5)
    store('one')
    expect((await events.next()).value.errors).toMatchObject([{ extensions: { code: 'TOO_BROAD', path: ['query'] } }])
    expect((await events.next()).done).toBe(true)
    await one.dispose()
  })

  it('serves some subscriptions of one connection and refuses one more', async () => {
    const one = client()
    const all = Array.from({ length: SUBSCRIPTION_BOUNDS.aConnection }, () => one.iterate<Event>({ query: TAIL }))
    for (const events of all) await events.next()
    const more = one.iterate<Event>({ query: TAIL }).next()
    await expect(more).rejects.toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED' } }])
    await all[0]?.return?.()
    await one.dispose()
  })

  it('refuses an upgrade elsewhere, and another protocol', async () => {
    const elsewhere = new WebSocket(`ws://${url}/more`, 'graphql-transport-ws')
    expect(String(await once(elsewhere, 'error'))).toContain('404')
    const other = new WebSocket(`ws://${url}`)
    expect((await once(other, 'close'))[0]).toBe(4406)
  })
})

describe('a subscription over server-sent events', () => {
  it('tails logs until its reader leaves', async () => {
    const left = new AbortController()
    const response = await byStream({ query: TAIL }, {}, left.signal)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
    const events = streamed(response)
    expect((await events.next()).value).toMatchObject({ event: 'next', data: { data: { logTail: { record: null } } } })
    store('one')
    expect((await events.next()).value?.data.data.logTail.record.message).toBe('one')
    left.abort()
    await expect(events.next()).rejects.toThrow()
  })

  it('takes the operation from the address', async () => {
    const query = encodeURIComponent('subscription { logTail { cursor } }')
    const left = new AbortController()
    const response = await fetch(`http://${url}?query=${query}`, {
      headers: { accept: 'text/event-stream', authorization: bearer() },
      signal: left.signal,
    })
    expect((await streamed(response).next()).value?.event).toBe('next')
    left.abort()
  })

  it('answers 401 without credentials, and 403’s code without the permission', async () => {
    const nobody = await byStream({ query: TAIL }, { authorization: 'Bearer x' })
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    const token = await tokenOf(['monitor:read'])
    const forbidden = await byStream({ query: TAIL }, { authorization: `Bearer ${token.text}` })
    expect(await forbidden.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] })
  })
})

const CREATE = `mutation($input: ApiTokenCreateInput!) { apiTokenCreate(input: $input) { token apiToken { id } } }`

async function tokenOf(scopes: readonly string[]): Promise<{ id: string; text: string }> {
  const { data } = await gateway.ask(CREATE, { input: { name: 'tail', scopes } })
  return { id: data.apiTokenCreate.apiToken.id, text: data.apiTokenCreate.token }
}

describe('a subscription that runs', () => {
  it('ends when its token is revoked, by both transports', async () => {
    const token = await tokenOf(['logs:read', 'monitor:read'])
    const one = client(`Bearer ${token.text}`)
    const socket = one.iterate<Event>({ query: TAIL })
    await socket.next()
    const stream = streamed(await byStream({ query: TAIL }, { authorization: `Bearer ${token.text}` }))
    await stream.next()
    await gateway.ask('mutation($id: ID!) { apiTokenRevoke(id: $id) { deletedId } }', { id: token.id })
    expect((await socket.next()).value.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
    expect((await socket.next()).done).toBe(true)
    expect((await stream.next()).value).toMatchObject({
      data: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    })
    expect((await stream.next()).value?.event).toBe('complete')
    await one.dispose()
  })

  it('ends when its owner may do less', async () => {
    const one = client()
    const events = one.iterate<Event>({ query: TAIL })
    await events.next()
    await gateway.pool.query("UPDATE membership SET role = 'VIEWER'")
    const ended = await events.next()
    await gateway.pool.query("UPDATE membership SET role = 'OWNER'")
    expect(ended.value.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
    await one.dispose()
  })

  // The last test of the file: it closes the server.
  it('ends when the gateway closes, and hears why', async () => {
    const one = client()
    const closed = new Promise((resolve) => one.on('closed', resolve))
    const socket = one.iterate<Event>({ query: TAIL })
    await socket.next()
    const stream = streamed(await byStream({ query: TAIL }))
    await stream.next()
    const close = gateway.app.close()
    expect((await socket.next()).value.errors).toMatchObject([{ extensions: { code: 'GOING_AWAY' } }])
    expect((await stream.next()).value).toMatchObject({ data: { errors: [{ extensions: { code: 'GOING_AWAY' } }] } })
    expect((await stream.next()).value?.event).toBe('complete')
    expect(await closed).toMatchObject({ code: 1001 })
    await close
  })
})
