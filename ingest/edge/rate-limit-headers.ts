import type { LimitAnswer } from '../../schema/ports/limits.js'
import type { NamedLimit } from './sure-limiter.js'

/**
 * Tells the caller of a limit, in the two fields of the IETF's draft "RateLimit header fields for HTTP"
 * (draft-ietf-httpapi-ratelimit-headers-10): `RateLimit-Policy` says how much may be taken in how many seconds, and
 * `RateLimit` what is left and for how long. Each limit is an item of both lists.
 *
 * @param headers Of the answer; the item is appended.
 * @param unit What is counted, where it is not requests.
 */
export function tellLimit(
  headers: Record<string, string>,
  { name, points, windowMs }: NamedLimit,
  { remaining, resetMs }: LimitAnswer,
  unit: 'requests' | 'items' | 'content-bytes' = 'requests',
): void {
  const append = (field: string, item: string) => {
    headers[field] = headers[field] === undefined ? item : `${headers[field]}, ${item}`
  }
  const of = unit === 'requests' ? '' : `;qu="${unit}"`
  append('ratelimit-policy', `"${name}";q=${points};w=${windowMs / 1000}${of}`)
  append('ratelimit', `"${name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`)
}
