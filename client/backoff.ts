/** Waits between tries double from the first to the last, ms. */
const FIRST_WAIT_MS = 500
const LAST_WAIT_MS = 30_000
/** What is added to the server's own `Retry-After` at most, so that clients told the same do not come back at once. */
const SPREAD_MS = 1_000
/** A server that asks for more is asked again after this, ms. */
const LONGEST_RETRY_AFTER_MS = 10 * 60_000

/**
 * How long to wait before the next try, ms: never less than the server asked for, else half of a doubling span and a
 * random share of the other half.
 *
 * @param tried Tries so far, at least 1.
 * @param retryAfterMs Null where the server did not say.
 * @param random From 0 up to 1.
 */
export function waitBeforeRetry(tried: number, retryAfterMs: number | null, random: number): number {
  if (retryAfterMs !== null) return Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS) + random * SPREAD_MS
  const span = Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tried - 1))
  return span / 2 + (random * span) / 2
}

/** A `Retry-After` header in ms from now: seconds, or an HTTP date. Null where it is neither. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null
  if (/^\d+$/.test(header)) return Number(header) * 1_000
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}
