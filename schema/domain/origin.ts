/*
 * Origins of web pages (RFC 6454), as browsers send them in `Origin`: scheme, host and, where it is not the scheme's own,
 * port. A pattern is an origin, or one whose host begins with `*.`, which stands for one or more labels.
 */

const LABELS = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+$/

/** Whether a text is an origin or a pattern of origins, such as `https://*.example.com`. `*` alone is none. */
export function isOriginPattern(text: string): boolean {
  const wildcard = /^(https?:\/\/)\*\.(.+)$/.exec(text)
  if (wildcard === null) return isOrigin(text)
  const rest = wildcard[2] ?? ''
  // `*.com` would be everybody; an address has no names below it.
  return isOrigin(`${wildcard[1]}${rest}`) && /^[^:]*[a-z][^:]*\.[^:]*[a-z]/.test(rest)
}

/** Whether an `Origin` header is allowed by one of the patterns. `null`, which opaque pages send, never is. */
export function isAllowedOrigin(patterns: readonly string[], origin: string): boolean {
  return patterns.some((pattern) => matches(pattern, origin))
}

function matches(pattern: string, origin: string): boolean {
  const at = pattern.indexOf('://*.')
  if (at === -1) return pattern === origin && isOrigin(origin)
  const [before, after] = [pattern.slice(0, at + 3), pattern.slice(at + 5)]
  if (!origin.startsWith(before) || !origin.endsWith(`.${after}`)) return false
  return LABELS.test(origin.slice(before.length, origin.length - after.length))
}

function isOrigin(text: string): boolean {
  return (
    !text.includes('*') &&
    URL.canParse(text) &&
    /^https?:$/.test(new URL(text).protocol) &&
    new URL(text).origin === text
  )
}
