import { type Issues, shown } from '../parse/issues.js'
import type { TimeBounds } from '../parse/limits.js'
import type { Instant } from '../parse/timestamp.js'

/*
 * Fields of OTLP messages. The same functions read what JSON.parse made and what the protobuf decoder made, so that one
 * payload gives the same rows in either form: 64-bit integers come as texts, numbers or pairs of 32 bits, bytes as
 * hexadecimal text (ids) or as bytes, enumerations as numbers or names.
 */

export type Fields = Readonly<Record<string, unknown>>

/** Whether a value has fields. */
export function hasFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A message inside another; empty where it is absent. */
export function message(value: unknown, path: string, issues: Issues): Fields {
  if (value === undefined || value === null) return NO_FIELDS
  if (hasFields(value)) return value
  issues.add(path, `expected an object, found ${shown(value)}.`)
  return NO_FIELDS
}

const NO_FIELDS: Fields = {}

/** The messages of a list, each with its path; those that are none are left out with an issue. */
export function* messages(of: Fields, name: string, path: string, issues: Issues): Generator<[Fields, string]> {
  const list = of[name]
  if (list === undefined || list === null) return
  const where = path === '' ? name : `${path}.${name}`
  if (!Array.isArray(list)) {
    issues.add(where, `expected an array, found ${shown(list)}.`)
    return
  }
  for (let i = 0; i < list.length && !issues.full; i++) {
    const item: unknown = list[i]
    if (hasFields(item)) yield [item, `${where}[${i}]`]
    else issues.add(`${where}[${i}]`, `expected an object, found ${shown(item)}.`)
  }
}

/** A text of at most so many characters; empty where it is absent. */
export function text(value: unknown, limit: number, path: string, issues: Issues): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') issues.add(path, `expected a text, found ${shown(value)}.`)
  else if (value.length > limit) issues.add(path, `expected at most ${limit} characters, found ${value.length}.`)
  else return value
  return ''
}

/** An id of so many bytes in lower-case hexadecimal; empty where it is absent or all zero. */
export function id(value: unknown, bytes: number, path: string, issues: Issues): string {
  if (value === undefined || value === null) return ''
  if (value instanceof Uint8Array && value.length === bytes) return knownId(hexOf(value))
  const hex = isBytes(value) ? hexOf(value) : value
  if (typeof hex === 'string' && hex.length === 0) return ''
  if (typeof hex !== 'string' || hex.length !== 2 * bytes || !HEX.test(hex)) {
    issues.add(
      path,
      `expected ${2 * bytes} hexadecimal digits, found ${isBytes(value) ? 'other bytes' : shown(value)}.`,
    )
    return ''
  }
  return knownId(hex.toLowerCase())
}

function knownId(hex: string): string {
  // Few ids begin with a zero: most are known not to be all zero by their first digit.
  return hex.startsWith('0') && ZEROS.test(hex) ? '' : hex
}

const HEX = /^[0-9a-fA-F]*$/
const ZEROS = /^0*$/

function isBytes(value: unknown): value is Uint8Array | [] {
  // The decoder's default for bytes that are absent is an empty array.
  return value instanceof Uint8Array || (Array.isArray(value) && value.length === 0)
}

function hexOf(bytes: Uint8Array | []): string {
  return (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes)).toString('hex')
}

interface Pair {
  readonly low: number
  readonly high: number
  readonly unsigned: boolean
}

function isPair(value: unknown): value is Pair {
  return hasFields(value) && typeof value.low === 'number' && typeof value.high === 'number'
}

/** A 64-bit integer; null where the value is none. */
export function integer(value: unknown): bigint | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : null
  if (typeof value === 'string') return /^-?\d{1,20}$/.test(value) ? BigInt(value) : null
  if (!isPair(value)) return null
  const high = value.unsigned ? value.high >>> 0 : value.high
  return (BigInt(high) << 32n) | BigInt(value.low >>> 0)
}

/** A whole number of at least 0 as a count; absent ones are 0. */
export function count(value: unknown, path: string, issues: Issues): number {
  if (value === undefined || value === null) return 0
  const whole = integer(value)
  if (whole !== null && whole >= 0n && whole < 2n ** 64n) return Number(whole)
  issues.add(path, `expected a whole number from 0 to 2^64 - 1, found ${shown(value)}.`)
  return 0
}

/** A number; JSON writes those it has no form for as texts. Null where it is absent. */
export function double(value: unknown, path: string, issues: Issues): number | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'number') return value
  if (typeof value === 'string' && Object.hasOwn(SPECIAL, value)) return SPECIAL[value] ?? null
  issues.add(path, `expected a number, found ${shown(value)}.`)
  return null
}

const SPECIAL: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity, '-Infinity': -Infinity }

/** A 32-bit integer; absent ones are 0. */
export function int32(value: unknown, path: string, issues: Issues): number {
  if (value === undefined || value === null) return 0
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 32) return value
  issues.add(path, `expected a whole number of 32 bits, found ${shown(value)}.`)
  return 0
}

/** A value of an enumeration, given as its number or its name; the names begin with the prefix. Unknown ones are 0. */
export function enumValue(
  value: unknown,
  names: readonly string[],
  prefix: string,
  path: string,
  issues: Issues,
): number {
  if (value === undefined || value === null) return 0
  if (typeof value === 'number' && Number.isInteger(value)) return value
  const known = typeof value === 'string' ? names.indexOf(value.slice(prefix.length)) : -1
  if (known !== -1 && typeof value === 'string' && value.startsWith(prefix)) return known
  issues.add(path, `expected a number or a name of the enumeration, found ${shown(value)}.`)
  return 0
}

/** A time in nanoseconds since the Unix epoch; null where it is absent or 0, which means unknown. */
export function instant(value: unknown, bounds: TimeBounds, path: string, issues: Issues): Instant | null {
  if (value === undefined || value === null) return null
  const quick = quickInstant(value)
  if (quick !== null && quick.ms >= bounds.from && quick.ms <= bounds.until) return quick
  const ns = typeof value === 'number' && value > 2 ** 53 ? BigInt(Math.floor(value)) : integer(value)
  if (ns === 0n) return null
  if (ns === null || ns < 0n || ns >= 2n ** 63n) {
    issues.add(path, `${shown(isPair(value) ? ns : value)} is no time; expected nanoseconds since the Unix epoch.`)
    return null
  }
  const ms = Number(ns / 1_000_000n)
  if (ms < bounds.from || ms > bounds.until) {
    const [from, until] = [new Date(bounds.from).toISOString(), new Date(bounds.until).toISOString()]
    issues.add(path, `${ns} ns is out of bounds; expected ${from} to ${until}.`)
    return null
  }
  return { ms, ns: Number(ns % 1_000_000n) }
}

/** A time of today's size without a BigInt, in a fifth of the time; null for any other. */
function quickInstant(value: unknown): Instant | null {
  if (typeof value === 'string')
    return /^\d{19}$/.test(value) ? { ms: Number(value.slice(0, 13)), ns: Number(value.slice(13)) } : null
  if (!isPair(value) || value.high <= 0) return null
  // 2^32 ns are 4,294 ms and 967,296 ns; everything stays below 2^53.
  const rest = value.high * 967_296 + (value.low >>> 0)
  return { ms: value.high * 4_294 + Math.floor(rest / 1_000_000), ns: rest % 1_000_000 }
}
