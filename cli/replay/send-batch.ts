import { signCanonical } from '../signing.js'

/** Where batches go, and as whom. */
export interface Target {
  /** Of the ingest edge. */
  readonly url: string
  readonly key: string
  readonly secret: string
}

/** What became of a batch. */
export interface Sent {
  readonly accepted: number
  /** It had been accepted before: an answer was lost on the way. */
  readonly replayed: boolean
  readonly retries: number
}

/** The edge refused, and the same would be refused again; or it did not answer for too long. */
export class SendError extends Error {
  override readonly name = 'SendError'
}

/** Waits between tries: doubling from the first to the last, in ms. */
const FIRST_WAIT_MS = 500
const LAST_WAIT_MS = 30_000
const TRIES = 12
const ANSWER_MS = 60_000
/** Statuses after which the same batch may be taken. */
const RETRIED = new Set([408, 429, 500, 502, 503, 504])

/**
 * Sends a batch of logs until it is accepted. The idempotency key stays the same from try to try, so that a batch whose
 * answer was lost is not stored twice; the time, and so the signature, is new.
 *
 * @param options.abort Ends the waiting between tries, not a try that is under way.
 * @throws SendError when it will not be accepted.
 */
export async function sendBatch(
  target: Target,
  body: string,
  options: {
    readonly idempotencyKey: string
    readonly wait: (ms: number) => Promise<void>
    readonly now: () => number
    readonly abort: AbortSignal
    readonly onRetry?: (reason: string, waitMs: number) => void
  },
): Promise<Sent> {
  const url = new URL('v1/logs', target.url.endsWith('/') ? target.url : `${target.url}/`)
  let waitMs = FIRST_WAIT_MS
  for (let tried = 1; ; tried++) {
    const answer = await attempt(url, target, body, options)
    if (answer.outcome === 'accepted') return { ...answer.sent, retries: tried - 1 }
    if (answer.outcome === 'refused') throw new SendError(answer.reason)
    if (tried === TRIES) throw new SendError(`${answer.reason} Gave up after ${TRIES} tries.`)
    const pause = answer.retryAfterMs ?? waitMs
    waitMs = Math.min(LAST_WAIT_MS, waitMs * 2)
    options.onRetry?.(answer.reason, pause)
    await options.wait(pause)
    if (options.abort.aborted) throw new SendError(`${answer.reason} Stopped before another try.`)
  }
}

type Attempt =
  | { readonly outcome: 'accepted'; readonly sent: Omit<Sent, 'retries'> }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'later'; readonly reason: string; readonly retryAfterMs: number | null }

async function attempt(
  url: URL,
  { key, secret }: Target,
  body: string,
  { idempotencyKey, now }: { readonly idempotencyKey: string; readonly now: () => number },
): Promise<Attempt> {
  const path = url.pathname + url.search
  const signed = signCanonical({ secret, method: 'POST', path, timestamp: now(), idempotencyKey, body })
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-org-key': key, ...signed },
      body,
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    const text = await response.text()
    if (response.status === 202) {
      const { accepted } = JSON.parse(text) as { accepted: number }
      return { outcome: 'accepted', sent: { accepted, replayed: response.headers.has('idempotent-replay') } }
    }
    const reason = `The edge answered ${response.status}: ${messageOf(text)}`
    if (!RETRIED.has(response.status)) return { outcome: 'refused', reason }
    return { outcome: 'later', reason, retryAfterMs: seconds(response.headers.get('retry-after')) }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const reason = `${url.origin} did not answer (${cause instanceof Error ? cause.message : String(cause)}).`
    return { outcome: 'later', reason, retryAfterMs: null }
  }
}

function seconds(header: string | null): number | null {
  return header !== null && /^\d+$/.test(header) ? Number(header) * 1_000 : null
}

/** The sentence of a refusal; of what is none, its beginning. */
function messageOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: string; message?: string } }
    if (error?.message !== undefined) return `${error.code} ${error.message}`
  } catch {
    // Not ours: a proxy's page, most likely. Its beginning tells which.
  }
  return `${text.slice(0, 200).trim()}.`
}
