import { type Issues, shown } from '../parse/issues.js'
import type { Attributes } from '../parse/span-item.js'
import { type Fields, hasFields, integer, messages, text } from './fields.js'
import { OTLP_LIMITS } from './limits.js'

/** What is left of the attributes that one thing may have. */
interface Budget {
  left: number
}

/**
 * Attributes as plain values: integers beyond 2^53 as texts of digits, bytes as base64, numbers that JSON cannot write
 * as texts, lists of pairs as objects. Of a name that stands twice the first counts.
 */
export function readAttributes(of: Fields, path: string, issues: Issues, name = 'attributes'): Attributes {
  return pairs(of, name, path, 0, { left: OTLP_LIMITS.attributes }, issues)
}

function pairs(of: Fields, name: string, path: string, depth: number, budget: Budget, issues: Issues): Attributes {
  const read: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  const list = of[name]
  if (depth === 0 && Array.isArray(list) && readPlain(list, read, budget)) return read
  for (const [pair, where] of messages(of, name, path, issues)) {
    if (--budget.left < 0) {
      issues.add(path, `expected at most ${OTLP_LIMITS.attributes} attributes, found more.`)
      return read
    }
    const key = text(pair.key, OTLP_LIMITS.nameLength, `${where}.key`, issues)
    if (key in read) continue
    const value = readAnyValue(pair.value, `${where}.value`, depth, issues, budget)
    if (value !== null) read[key] = value
  }
  return read
}

/**
 * Reads pairs as nearly all are: with a key and a short text, a small integer, a number or a boolean. Without paths, which
 * only errors need, in a third of the time. False, and nothing read, where one is otherwise.
 */
function readPlain(list: readonly unknown[], read: Record<string, unknown>, budget: Budget): boolean {
  if (list.length > budget.left) return false
  for (const pair of list) {
    const value = hasFields(pair) && typeof pair.key === 'string' ? plainValue(pair.value) : undefined
    const key = (pair as Fields | null)?.key
    if (value === undefined || typeof key !== 'string' || key.length > OTLP_LIMITS.nameLength) return clear(read)
    if (!(key in read)) read[key] = value
  }
  budget.left -= list.length
  return true
}

function clear(read: Record<string, unknown>): false {
  for (const key of Object.keys(read)) delete read[key]
  return false
}

/** A value of one of the common types; undefined for any other. */
function plainValue(value: unknown): string | number | boolean | undefined {
  if (!hasFields(value)) return undefined
  if (Object.hasOwn(value, 'stringValue')) {
    const { stringValue } = value
    return typeof stringValue === 'string' && stringValue.length <= OTLP_LIMITS.textLength ? stringValue : undefined
  }
  if (Object.hasOwn(value, 'boolValue')) return typeof value.boolValue === 'boolean' ? value.boolValue : undefined
  if (Object.hasOwn(value, 'intValue')) {
    const { intValue } = value
    if (typeof intValue === 'number') return Number.isSafeInteger(intValue) ? intValue : undefined
    if (typeof intValue === 'string') return /^-?[1-9]\d{0,14}$|^0$/.test(intValue) ? Number(intValue) : undefined
    // The decoder's pair of 32 bits.
    return hasFields(intValue) && intValue.high === 0 && typeof intValue.low === 'number'
      ? intValue.low >>> 0
      : undefined
  }
  // What the decoder did not find stands as a default behind the value, so it has to be its own.
  const { doubleValue } = value
  const isDouble = Object.hasOwn(value, 'doubleValue') && typeof doubleValue === 'number'
  return isDouble && Number.isFinite(doubleValue) ? doubleValue : undefined
}

/** A value of whatever type as a plain one; null where it is absent. */
export function readAnyValue(
  value: unknown,
  path: string,
  depth: number,
  issues: Issues,
  budget: Budget = { left: OTLP_LIMITS.attributes },
): unknown {
  if (value === undefined || value === null) return null
  if (!hasFields(value)) {
    issues.add(path, `expected an object with one typed value, found ${shown(value)}.`)
    return null
  }
  if (depth > OTLP_LIMITS.depth) {
    issues.add(path, `expected at most ${OTLP_LIMITS.depth} levels of arrays and objects.`)
    return null
  }
  if (given(value, 'stringValue')) return text(value.stringValue, OTLP_LIMITS.textLength, `${path}.stringValue`, issues)
  if (given(value, 'boolValue')) {
    if (typeof value.boolValue === 'boolean') return value.boolValue
    issues.add(`${path}.boolValue`, `expected true or false, found ${shown(value.boolValue)}.`)
    return null
  }
  if (given(value, 'intValue')) return wholeNumber(value.intValue, `${path}.intValue`, issues)
  if (given(value, 'doubleValue')) return doubleOf(value.doubleValue, `${path}.doubleValue`, issues)
  if (given(value, 'bytesValue')) return bytesOf(value.bytesValue, `${path}.bytesValue`, issues)
  if (given(value, 'kvlistValue') && hasFields(value.kvlistValue))
    return pairs(value.kvlistValue, 'values', `${path}.kvlistValue`, depth + 1, budget, issues)
  if (given(value, 'arrayValue') && hasFields(value.arrayValue)) {
    const read: unknown[] = []
    for (const [item, where] of messages(value.arrayValue, 'values', `${path}.arrayValue`, issues)) {
      if (--budget.left < 0) {
        issues.add(path, `expected at most ${OTLP_LIMITS.attributes} values, found more.`)
        break
      }
      read.push(readAnyValue(item, where, depth + 1, issues, budget))
    }
    return read
  }
  return null
}

function given(value: Fields, name: string): boolean {
  return Object.hasOwn(value, name) && value[name] !== null && value[name] !== undefined
}

function wholeNumber(value: unknown, path: string, issues: Issues): number | string | null {
  const whole = integer(value)
  if (whole === null || whole < -(2n ** 63n) || whole >= 2n ** 63n) {
    issues.add(path, `expected a whole number of 64 bits, found ${shown(value)}.`)
    return null
  }
  const number = Number(whole)
  return Number.isSafeInteger(number) ? number : String(whole)
}

function doubleOf(value: unknown, path: string, issues: Issues): number | string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value
  issues.add(path, `expected a number, found ${shown(value)}.`)
  return null
}

function bytesOf(value: unknown, path: string, issues: Issues): string | null {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (typeof value === 'string' && /^[A-Za-z0-9+/_-]*={0,2}$/.test(value))
    return Buffer.from(value, 'base64').toString('base64')
  issues.add(path, `expected base64, found ${shown(value)}.`)
  return null
}
