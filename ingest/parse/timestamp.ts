/** A point in time to the nanosecond: `ms` since the Unix epoch, and `ns` (0 to 999,999) after it. */
export interface Instant {
  readonly ms: number
  readonly ns: number
}

/**
 * The instant a batch's timestamp names, or null when it names none:
 *
 * - RFC 3339 text, `2026-11-21T03:20:15.123456789Z` or with an offset; digits after the ninth are cut. Second 60 is the
 *   next minute's first.
 * - a number since the Unix epoch: seconds below 1e11, milliseconds below 1e14, microseconds below 1e17, nanoseconds
 *   from there, fractions allowed. A JSON number of nanoseconds is exact to about 256 ns, so
 * - the same as a text of digits keeps every digit.
 */
export function readTimestamp(value: unknown): Instant | null {
  if (typeof value === 'number') return fromNumber(value)
  if (typeof value !== 'string') return null
  return DIGITS.test(value) ? fromDigits(value) : fromRfc3339(value)
}

/** Nanoseconds since the epoch in 19 digits, for an instant from September 2001 to 2262. */
export function nanosecondsText(ms: number, ns: number): string {
  return String(ms) + String(1_000_000 + ns).slice(1)
}

const DIGITS = /^\d{1,19}$/

/** In July 2261, a year before Int64 ends. */
const LAST_NS = 9.2e18

function fromNumber(value: number): Instant | null {
  if (!(value >= 0) || value > LAST_NS) return null
  if (value < 1e11) return split(value * 1e3)
  if (value < 1e14) return split(value)
  const whole = BigInt(Math.floor(value))
  return value < 1e17
    ? { ms: Number(whole / 1000n), ns: Number(whole % 1000n) * 1000 }
    : { ms: Number(whole / 1_000_000n), ns: Number(whole % 1_000_000n) }
}

function split(ms: number): Instant {
  const whole = Math.floor(ms)
  const ns = Math.round((ms - whole) * 1e6)
  return ns === 1_000_000 ? { ms: whole + 1, ns: 0 } : { ms: whole, ns }
}

function fromDigits(text: string): Instant | null {
  const value = Number(text)
  if (value < 1e17) return fromNumber(value)
  if (value > LAST_NS) return null
  const whole = BigInt(text)
  return { ms: Number(whole / 1_000_000n), ns: Number(whole % 1_000_000n) }
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

// By character codes: 0.1 µs a timestamp, where a regular expression and Date.parse take 0.6.
function fromRfc3339(text: string): Instant | null {
  const length = text.length
  if (length < 20 || length > 64) return null
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 7)
  const day = digits(text, 8, 10)
  const hour = digits(text, 11, 13)
  const minute = digits(text, 14, 16)
  const second = digits(text, 17, 19)
  const separator = text.charCodeAt(10)
  const marksStand =
    text.charCodeAt(4) === DASH &&
    text.charCodeAt(7) === DASH &&
    (separator === 0x54 || separator === 0x74 || separator === 0x20) &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON
  if (!marksStand || year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23) return null
  if (minute < 0 || minute > 59 || second < 0 || second > 60) return null
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  if (day > (DAYS[month - 1] ?? 0) + (month === 2 && isLeap ? 1 : 0)) return null

  let at = 19
  let fraction = 0
  if (text.charCodeAt(at) === 0x2e) {
    const start = ++at
    for (; at < length; at++) {
      const digit = text.charCodeAt(at) - ZERO
      if (digit < 0 || digit > 9) break
      if (at - start < 9) fraction = fraction * 10 + digit
    }
    const count = at - start
    if (count === 0) return null
    for (let i = count; i < 9; i++) fraction *= 10
  }
  const offset = offsetMinutes(text, at)
  if (offset === null) return null
  const seconds = Date.UTC(year, month - 1, day, hour, minute - offset, second)
  return { ms: seconds + Math.floor(fraction / 1_000_000), ns: fraction % 1_000_000 }
}

const ZERO = 0x30
const DASH = 0x2d
const COLON = 0x3a

/** The number that digits [from, to) write, or -1. */
function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - ZERO
    // A comparison with NaN, past the end, is false: ask for what is wanted.
    if (!(digit >= 0 && digit <= 9)) return -1
    value = value * 10 + digit
  }
  return value
}

/** Minutes east of UTC of an offset that ends the text; null when none does. */
function offsetMinutes(text: string, at: number): number | null {
  const mark = text.charCodeAt(at)
  if ((mark === 0x5a || mark === 0x7a) && text.length === at + 1) return 0
  if ((mark !== 0x2b && mark !== DASH) || text.length !== at + 6 || text.charCodeAt(at + 3) !== COLON) return null
  const hours = digits(text, at + 1, at + 3)
  const minutes = digits(text, at + 4, at + 6)
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return null
  return (mark === DASH ? -1 : 1) * (hours * 60 + minutes)
}
