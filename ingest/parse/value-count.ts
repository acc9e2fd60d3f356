const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const BRACKET = 0x5b
const BRACE = 0x7b

/**
 * Whether JSON has more values than a limit, told from its bytes without building any: 1 ns a byte between strings, and
 * far less inside them. Of what is no JSON the answer means nothing.
 */
export function hasMoreValues(body: Uint8Array, limit: number): boolean {
  // A value stands first, after each comma, and first in each object or array.
  let count = 1
  for (let at = 0; at < body.length && count <= limit; at++) {
    const byte = body[at]
    if (byte === QUOTE) at = endOfString(body, at)
    else if (byte === COMMA || byte === BRACKET || byte === BRACE) count++
  }
  return count > limit
}

/** Where the string that begins at a quote ends: its closing quote, or the end of the body. */
function endOfString(body: Uint8Array, start: number): number {
  for (let from = start + 1; ; ) {
    const quote = body.indexOf(QUOTE, from)
    if (quote === -1) return body.length
    let backslashes = 0
    while (body[quote - 1 - backslashes] === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return quote
    from = quote + 1
  }
}
