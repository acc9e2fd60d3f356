const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/**
 * Waits between attempts, ms: twelve attempts over about 75 h, dense at first. Standard Webhooks suggests ten over
 * about 75 h (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md); an alert is
 * worth two more in its first hour.
 */
export const RETRY_DELAYS_MS: readonly number[] = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  8 * HOUR,
  16 * HOUR,
  22 * HOUR,
  24 * HOUR,
]

/** A receiver cannot put us off for longer than this at a time. */
export const LONGEST_RETRY_AFTER_MS = 24 * HOUR

/**
 * How long to wait after an attempt that may be repeated, or null when it was the last.
 *
 * @param attempts Attempts made so far, at least 1.
 * @param afterMs What the receiver asked for; the longer of both holds.
 * @param random In [0, 1): spreads waits by up to a tenth either way.
 */
export function retryDelay(attempts: number, afterMs: number | null, random: number): number | null {
  const delay = RETRY_DELAYS_MS[attempts - 1]
  if (delay === undefined) return null
  const spread = delay * (0.9 + 0.2 * random)
  return Math.round(Math.max(spread, Math.min(afterMs ?? 0, LONGEST_RETRY_AFTER_MS)))
}
