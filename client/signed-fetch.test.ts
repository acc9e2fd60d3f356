import { expect, test } from 'vitest'
import { signCanonical } from './sign.js'
import { type FetchLike, signedFetch } from './signed-fetch.js'

const NOW = Date.UTC(2026, 0, 5, 12)

function signing(options: { readonly scheme?: 'CANONICAL' | 'BODY' | 'BEARER' } = {}) {
  const sent: { url: string; headers: Headers; body: unknown; method: string | undefined }[] = []
  const fetch: FetchLike = async (input, init) => {
    sent.push({ url: String(input), headers: new Headers(init?.headers), body: init?.body, method: init?.method })
    return new Response(null, { status: 202 })
  }
  return { sent, fetch: signedFetch({ key: 'tk_public', secret: 'a-secret', fetch, now: () => NOW, ...options }) }
}

test.each([
  ['a text', 'hello'],
  ['bytes', new TextEncoder().encode('hello')],
  ['a stream', new Blob(['hello']).stream()],
])('%s is signed as it will be sent', async (_name, body) => {
  const { sent, fetch } = signing()
  const headers = { 'x-idempotency-key': 'key-1', 'content-encoding': 'identity', 'content-type': 'application/json' }
  await fetch('http://edge.test/v1/logs?a=b', { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
  expect(Object.fromEntries(sent[0]?.headers ?? [])).toEqual({
    ...headers,
    'x-org-key': 'tk_public',
    ...signCanonical({
      secret: 'a-secret',
      method: 'POST',
      path: '/v1/logs?a=b',
      timestamp: NOW,
      idempotencyKey: 'key-1',
      contentEncoding: 'identity',
      body: 'hello',
    }),
  })
  expect(Buffer.from(sent[0]?.body as Uint8Array).toString()).toBe('hello')
})

test('a Request is taken as well, and one without a body', async () => {
  const { sent, fetch } = signing()
  await fetch(new Request('http://edge.test/healthz'))
  expect(sent[0]).toMatchObject({ url: 'http://edge.test/healthz', method: 'GET', body: undefined })
})

test('a BEARER key goes as it is', async () => {
  const { sent, fetch } = signing({ scheme: 'BEARER' })
  await fetch('http://edge.test/v1/logs', { method: 'POST', body: '{}' })
  expect(sent[0]?.headers.get('authorization')).toBe('Bearer a-secret')
  expect(sent[0]?.headers.get('x-signature')).toBeNull()
})
