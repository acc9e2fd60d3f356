import { retryAfterMs } from './backoff.js'
import type { Batch } from './batch.js'
import type { ClientClock } from './clock.js'
import { type Credentials, credentialHeaders } from './credentials.js'
import { WIRE } from './items.js'

/** What came of sending a batch once. */
export type Answer =
  | { readonly outcome: 'accepted' }
  /** The same would be refused again. */
  | { readonly outcome: 'refused'; readonly status: number; readonly reason: string; readonly paths: readonly string[] }
  /** Not answered, or asked to come back. */
  | { readonly outcome: 'later'; readonly reason: string; readonly retryAfterMs: number | null }

/** As much of `fetch` as the client needs. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchAnswer>
export interface FetchInit {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body: string | Uint8Array<ArrayBuffer>
  readonly signal: AbortSignal
}
export interface FetchAnswer {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  text(): Promise<string>
}

export interface Sender {
  /** Of the ingest edge; a path in it stands before the signal's. */
  readonly url: string
  readonly credentials: Credentials
  readonly clock: ClientClock
  readonly fetch: Fetch
  readonly requestTimeoutMs: number
}

/** Statuses after which the same batch may be taken. */
const RETRIED = new Set([408, 425, 429, 500, 502, 503, 504])

/**
 * Sends a batch once, signed for this moment.
 *
 * @param encoded Its body as it goes out.
 */
export async function attempt(
  batch: Batch,
  encoded: { readonly body: string | Uint8Array<ArrayBuffer>; readonly contentEncoding?: string },
  { url, credentials, clock, fetch, requestTimeoutMs }: Sender,
): Promise<Answer> {
  const target = new URL(WIRE[batch.signal].path, url.endsWith('/') ? url : `${url}/`)
  const timestamp = clock.now()
  const proof = credentialHeaders(credentials, {
    method: 'POST',
    path: target.pathname + target.search,
    timestamp,
    idempotencyKey: batch.idempotencyKey,
    ...encoded,
  })
  try {
    const answer = await fetch(target.href, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...proof },
      body: encoded.body,
      signal: AbortSignal.timeout(requestTimeoutMs),
    })
    // Read whole in every case, or the connection would be held.
    const text = await answer.text()
    if (answer.status >= 200 && answer.status < 300) return { outcome: 'accepted' }
    const refusal = readRefusal(text)
    const reason = `${target.origin} answered ${answer.status}: ${refusal.sentence}`
    return RETRIED.has(answer.status)
      ? { outcome: 'later', reason, retryAfterMs: retryAfterMs(answer.headers.get('retry-after'), clock.now()) }
      : { outcome: 'refused', status: answer.status, reason, paths: refusal.paths }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const said = cause instanceof Error ? cause.message || cause.name : String(cause)
    return { outcome: 'later', reason: `${target.origin} did not answer (${said}).`, retryAfterMs: null }
  }
}

/** The sentence of a refusal and the paths of its details; of what is none of ours, its beginning. */
function readRefusal(text: string): { readonly sentence: string; readonly paths: readonly string[] } {
  const beginning = { sentence: `${text.slice(0, 200).trim()}.`, paths: [] }
  let answer: { error?: { code?: string; message?: string; details?: { path?: string; message?: string }[] } }
  try {
    answer = JSON.parse(text)
  } catch {
    // A proxy's page, most likely. Its beginning tells which.
    return beginning
  }
  const { code, message, details } = answer?.error ?? {}
  if (message === undefined) return beginning
  const listed = Array.isArray(details) ? details : []
  const first = listed[0] === undefined ? '' : ` First: ${listed[0].path}: ${listed[0].message}`
  return { sentence: `${code} ${message}${first}`, paths: listed.map(({ path = '' }) => path) }
}
