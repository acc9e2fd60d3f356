import type { SendResult } from '../channel.js'
import { type HttpAnswer, PostFault } from './http-post.js'

/** What an answer with a status other than 2xx means for a delivery. */
export function refusedAnswer(answer: HttpAnswer, now: number): SendResult {
  const { status } = answer
  const afterMs = retryAfterMs(answer.headers['retry-after'], now)
  if (status === 429)
    return { outcome: 'retry', afterMs, mayHaveHeard: false, detail: 'answered 429, too many requests' }
  // A server's own fault may come after it took the message in.
  if (status >= 500 || status === 408)
    return { outcome: 'retry', afterMs, mayHaveHeard: true, detail: `answered ${status}` }
  if (status === 410) {
    const detail = 'answered 410, gone'
    return { outcome: 'final', detail, disableChannel: 'The receiver answered 410: it is gone for good.' }
  }
  const detail = status >= 300 && status < 400 ? `answered ${status}; redirects are not followed` : `answered ${status}`
  return { outcome: 'final', detail, disableChannel: null }
}

/** What it means that no answer came. Rethrows what is no PostFault. */
export function faultResult(error: unknown): SendResult {
  if (!(error instanceof PostFault)) throw error
  if (error.refused) return { outcome: 'final', detail: error.message, disableChannel: null }
  return { outcome: 'retry', afterMs: null, mayHaveHeard: error.sent, detail: error.message }
}

/** `Retry-After` in ms from now: seconds or a date (RFC 9110, 10.2.3); null when absent or neither. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null
  const text = header.trim()
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000
  // `Date.parse` alone would take a bare number for a year.
  const date = /^[A-Z][a-z]+, /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}
