import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { useGateway } from '../test/harness/gateway.js'

let down = false
const waiting = new Map<string, () => void>()
/** A read of logs that lasts until it is let go. */
const begun = (name: string) => new Promise<void>((resolve) => void waiting.set(`begun ${name}`, resolve))
const gateway = useGateway(() => ({
  ready: {
    database: async () => 'here',
    logs: () => (down ? Promise.reject(new Error('gone')) : Promise.resolve()),
  },
  moreMetrics: () => 'tocsin_more 1\n',
  logs: {
    forOrg: () => ({
      find: async () => null,
      search: ({ selector }) =>
        new Promise((resolve) => {
          waiting.set(selector, () => resolve({ records: [], hasNextPage: false }))
          waiting.get(`begun ${selector}`)?.()
        }),
    }),
  },
}))

it('says that it lives and whether it is ready, by the name of each check', async () => {
  const get = async (url: string) => {
    const answer = await gateway.inject({ url })
    return [answer.statusCode, answer.json()]
  }
  expect(await get('/healthz')).toEqual([200, { status: 'ok' }])
  expect(await get('/readyz')).toEqual([200, { status: 'ready', checks: { database: 'ok', logs: 'ok' } }])
  down = true
  expect(await get('/readyz')).toEqual([503, { status: 'not ready', checks: { database: 'ok', logs: 'failed' } }])
  expect(await get('/healthz')).toEqual([200, { status: 'ok' }])
})

it('counts requests and root fields for Prometheus, beside what others add', async () => {
  await gateway.ask('{ a: viewer { role } b: viewer { role } monitors { nodes { id } } }')
  const { headers, body } = await gateway.inject({ url: '/metrics' })
  expect(headers['content-type']).toContain('text/plain; version=0.0.4')
  expect(body).toContain('tocsin_gateway_operations_total{operation="query",field="viewer"} 2')
  expect(body).toContain('tocsin_gateway_operations_total{operation="query",field="monitors"} 1')
  expect(body).toMatch(/tocsin_gateway_requests_total\{method="POST",status="200"\} \d+/)
  expect(body).toMatch(/tocsin_gateway_request_seconds_bucket\{le="\+Inf"\} (\d+)\n.*_sum [\d.]+\n.*_count \1\n/)
  expect(body).toContain('\ntocsin_more 1\n')
})

it('answers no page to a browser that opens it', async () => {
  const answer = await gateway.inject({ url: '/graphql', headers: { accept: 'text/html' } })
  expect(answer.headers['content-type']).not.toContain('html')
  expect(answer.statusCode).toBe(406)
})

// The last test of the file: it closes the server.
it('lets requests in flight end when it closes, and takes no more', async () => {
  const url = await gateway.app.listen({ host: '127.0.0.1', port: 0 })
  const started = begun('{a="1"}')
  const range = 'from: "2026-03-01T12:00:00Z", to: "2026-03-01T13:00:00Z"'
  const asked = fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.first.apiToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: `{ logs(query: "{a=\\"1\\"}", ${range}) { userErrors { code } } }` }),
  })
  await started
  const closed = gateway.app.close()
  while (gateway.app.server.listening) await setImmediate()
  const { port } = new URL(url)
  const refused = connect({ host: '127.0.0.1', port: Number(port) })
  expect(await once(refused, 'error')).toMatchObject([{ code: 'ECONNREFUSED' }])
  waiting.get('{a="1"}')?.()
  expect(await (await asked).json()).toEqual({ data: { logs: { userErrors: [] } } })
  await closed
})
