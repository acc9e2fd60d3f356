import { type AuditResult, serverAudits } from 'graphql-http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { useGateway } from '../../test/harness/gateway.js'

// The audits of the GraphQL over HTTP working group (https://github.com/graphql/graphql-http#audits).
const gateway = useGateway()
let url = ''

beforeAll(async () => {
  url = await gateway.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => gateway.app.close())

const audits = serverAudits({
  url: () => `${url}/graphql`,
  fetchFn: (input: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${gateway.first.apiToken}`)
    return fetch(input, { ...init, headers })
  },
})

it('knows of the audits', () => {
  expect(audits.length).toBeGreaterThanOrEqual(61)
})

it.each(audits.map((audit) => [`${audit.id} ${audit.name}`, audit] as const))('%s', async (_name, audit) => {
  const result: AuditResult = await audit.fn()
  expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok')
})
