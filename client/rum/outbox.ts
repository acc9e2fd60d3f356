import type { Page } from './page.js'

/** Browsers queue 64 KiB of beacons and kept-alive requests of a page. */
const MAX_BODY_BYTES = 60_000
const MAX_EVENTS = 100
const DELAY_MS = 5_000
/** Events that wait; what comes past them is dropped and counted. */
const MAX_WAITING = 1_000
/** Tries of a batch that the server asks to send later. */
const TRIES = 4
const LONGEST_WAIT_MS = 120_000

/** Events on their way to the server. */
export interface Outbox {
  add(event: object): void
  /** Sends what waits, at once. With `leaving`, in the way that outlives the page. */
  flush(leaving?: boolean): void
  stats(): { readonly sent: number; readonly dropped: number; readonly waiting: number }
  stop(): void
}

/**
 * Collects events and sends them to `/v1/rum` with the key in the query, as text: such a request asks the server for no
 * leave first (no preflight). It has no idempotency key for the same reason, so one whose answer was lost is not
 * repeated; one that was answered with 429 or 503 is.
 *
 * @param url Of the ingest edge.
 */
export function createOutbox(page: Page, url: string, key: string): Outbox {
  const base = url.endsWith('/') ? url : `${url}/`
  const target = new URL(`v1/rum?key=${encodeURIComponent(key)}`, base).href
  const bytesOf = (text: string) => new TextEncoder().encode(text).length
  let waiting: string[] = []
  let [sent, dropped, isTimed, isStopped] = [0, 0, false, false]

  function later(): void {
    if (isTimed || isStopped) return
    isTimed = true
    page.setTimeout(() => {
      isTimed = false
      flush()
    }, DELAY_MS)
  }

  function flush(leaving = false): void {
    while (waiting.length > 0) {
      const events: string[] = []
      let bytes = 0
      for (const event of waiting) {
        const size = bytesOf(event) + 1
        if (events.length === MAX_EVENTS || (events.length > 0 && bytes + size > MAX_BODY_BYTES)) break
        events.push(event)
        bytes += size
      }
      waiting = waiting.slice(events.length)
      const body = `{"events":[${events.join(',')}]}`
      // A beacon that the browser does not take falls back to a request, which may still get through.
      if (leaving && page.navigator.sendBeacon?.(target, body) === true) sent += events.length
      else void post(body, events.length, 1)
    }
  }

  async function post(body: string, events: number, tried: number): Promise<void> {
    const init = { method: 'POST', headers: { 'content-type': 'text/plain;charset=UTF-8' }, body } as const
    const wait = await page
      .fetch(target, { ...init, keepalive: body.length < MAX_BODY_BYTES, credentials: 'omit' })
      .then(
        ({ status, headers }) => {
          if (status >= 200 && status < 300) sent += events
          else if (tried < TRIES && (status === 429 || status === 503)) return waitOf(headers.get('retry-after'), tried)
          else dropped += events
          return null
        },
        () => {
          dropped += events
          return null
        },
      )
    if (wait !== null) page.setTimeout(() => void post(body, events, tried + 1), wait)
  }

  return {
    add(event) {
      const text = isStopped || waiting.length >= MAX_WAITING ? null : JSON.stringify(event)
      if (text === null || bytesOf(text) > MAX_BODY_BYTES) dropped++
      else waiting.push(text)
      if (waiting.length >= MAX_EVENTS) flush()
      else if (waiting.length > 0) later()
    },
    flush,
    stats: () => ({ sent, dropped, waiting: waiting.length }),
    stop() {
      flush(true)
      isStopped = true
    },
  }
}

function waitOf(retryAfter: string | null, tried: number): number {
  const asked = retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : 2_000 * 2 ** tried
  return Math.min(asked, LONGEST_WAIT_MS)
}
