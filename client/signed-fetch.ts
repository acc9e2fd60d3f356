import { type Credentials, checkCredentials, credentialHeaders } from './credentials.js'

/** What `fetch` takes and answers, so that ours can stand in its place. */
export type FetchLike = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/**
 * A `fetch` that signs every request with an ingest key, over the bytes as they will be sent. The body is read whole
 * first. An `x-idempotency-key` and a `content-encoding` that the caller set are signed with it; to repeat a request
 * safely, set the former and keep it.
 *
 * @param options.fetch What sends; the global `fetch` where left out.
 * @throws TypeError at once when the key cannot be used.
 */
export function signedFetch(
  options: Credentials & { readonly fetch?: FetchLike; readonly now?: () => number },
): FetchLike {
  checkCredentials(options)
  const { fetch = globalThis.fetch, now = Date.now } = options
  return async (input, init) => {
    const request = new Request(input, init)
    const body = new Uint8Array(await request.arrayBuffer())
    const url = new URL(request.url)
    const idempotencyKey = request.headers.get('x-idempotency-key')
    const contentEncoding = request.headers.get('content-encoding')
    const headers = new Headers(request.headers)
    const proof = credentialHeaders(options, {
      method: request.method,
      path: url.pathname + url.search,
      timestamp: now(),
      body,
      ...(idempotencyKey === null ? {} : { idempotencyKey }),
      ...(contentEncoding === null ? {} : { contentEncoding }),
    })
    for (const [name, value] of Object.entries(proof)) headers.set(name, value)
    return fetch(request.url, {
      ...init,
      method: request.method,
      headers,
      signal: request.signal,
      ...(body.length === 0 ? {} : { body }),
    })
  }
}
