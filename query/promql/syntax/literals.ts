import { isUtf8 } from 'node:buffer'

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
}

const DURATION = /^(?:\d+(?:ms|[ywdhms]))+$/

/**
 * The value of a number or duration as written; a duration counts in seconds. A leading zero means octal and `0x`
 * hexadecimal, as in Prometheus.
 */
export function numberValue(written: string): number {
  const text = written.replaceAll('_', '')
  if (/^inf$/i.test(text)) return Number.POSITIVE_INFINITY
  if (/^nan$/i.test(text)) return Number.NaN
  if (DURATION.test(text)) return durationSeconds(text)
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8)
  return Number(text)
}

/** Whether a text is a duration such as `1h30m`. */
export function isDuration(text: string): boolean {
  return DURATION.test(text)
}

function durationSeconds(text: string): number {
  let ms = 0
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[ywdhms])/g)) {
    ms += Number(count) * Math.round((UNIT_SECONDS[unit ?? ''] ?? 0) * 1000)
  }
  return ms / 1000
}

const SIMPLE_ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 }

/**
 * The text a string literal stands for, null when an escape is wrong. Escapes are Go's: `\x41` and `\101` are bytes. A
 * byte that is not part of valid UTF-8 is kept as a lone surrogate (0xDC00 + byte), so that `isWellFormed` tells it.
 */
export function stringValue(literal: string): string | null {
  const quote = literal[0] ?? ''
  const body = literal.slice(1, -1)
  if (quote === '`') return body
  if (!body.includes('\\')) return body
  const bytes: number[] = []
  for (let at = 0; at < body.length; ) {
    if (body[at] !== '\\') {
      const char = String.fromCodePoint(body.codePointAt(at) ?? 0)
      bytes.push(...Buffer.from(char))
      at += char.length
      continue
    }
    const escaped = readEscape(body, at + 1, quote)
    if (escaped === null) return null
    bytes.push(...escaped.bytes)
    at = escaped.next
  }
  return decodeBytes(Uint8Array.from(bytes))
}

function readEscape(body: string, at: number, quote: string): { bytes: Iterable<number>; next: number } | null {
  const letter = body[at] ?? ''
  const simple = letter === quote ? quote.charCodeAt(0) : SIMPLE_ESCAPES[letter]
  if (simple !== undefined) return { bytes: [simple], next: at + 1 }
  const [pattern, base, skip] =
    letter === 'x'
      ? ([/^[0-9a-fA-F]{2}/, 16, 1] as const)
      : letter === 'u'
        ? ([/^[0-9a-fA-F]{4}/, 16, 1] as const)
        : letter === 'U'
          ? ([/^[0-9a-fA-F]{8}/, 16, 1] as const)
          : ([/^[0-7]{3}/, 8, 0] as const)
  const digits = pattern.exec(body.slice(at + skip))?.[0]
  if (digits === undefined) return null
  const value = Number.parseInt(digits, base)
  const next = at + skip + digits.length
  if (letter !== 'u' && letter !== 'U') return value > 255 ? null : { bytes: [value], next }
  if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return null
  return { bytes: Buffer.from(String.fromCodePoint(value)), next }
}

/** UTF-8 to text; bytes that are not valid UTF-8 become lone surrogates. */
function decodeBytes(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0
    const char = bytes.subarray(at, at + (first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4))
    const valid = isUtf8(char)
    text += valid ? Buffer.from(char).toString() : String.fromCharCode(0xdc00 + first)
    at += valid ? char.length : 1
  }
  return text
}
