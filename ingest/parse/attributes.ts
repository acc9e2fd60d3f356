import { type Issues, type Place, placeOf, shown } from './issues.js'
import { BATCH_LIMITS } from './limits.js'

/** Takes one flat attribute. */
export type TakeAttribute = (name: string, value: string | number | boolean) => void

/**
 * Flattens attributes: nested objects by dots, arrays as their JSON text, nulls left out. Where two spell the same name
 * (`{"a": {"b": 1}, "a.b": 2}`) the first stands. Expects what `checkAttributes` let pass.
 */
export function flattenAttributes(attributes: Readonly<Record<string, unknown>>, take: TakeAttribute): void {
  for (const name in attributes) {
    const value = attributes[name]
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      flattenNested(attributes, take)
      return
    }
  }
  for (const name in attributes) takeValue(name, attributes[name], take)
}

/** The rare way, which has to look out for names that stand twice. */
function flattenNested(attributes: Readonly<Record<string, unknown>>, take: TakeAttribute): void {
  const taken = new Set<string>()
  const takeOnce: TakeAttribute = (name, value) => {
    if (taken.has(name)) return
    taken.add(name)
    take(name, value)
  }
  const visit = (object: Readonly<Record<string, unknown>>, prefix: string) => {
    for (const name in object) {
      const value = object[name]
      if (isObject(value)) visit(value, `${prefix}${name}.`)
      else takeValue(prefix + name, value, takeOnce)
    }
  }
  visit(attributes, '')
}

function takeValue(name: string, value: unknown, take: TakeAttribute): void {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') take(name, value)
  else if (Array.isArray(value)) take(name, JSON.stringify(value))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Adds what is wrong with a log's attributes: bounds of count, depth and lengths, and numbers that no Float64 holds. */
export function checkAttributes(attributes: unknown, place: Place, issues: Issues): void {
  if (attributes === undefined || attributes === null) return
  if (!isObject(attributes)) {
    issues.add(place, `expected an object, found ${shown(attributes)}.`)
    return
  }
  const count = checkObject(attributes, place, 0, 0, issues)
  if (count > BATCH_LIMITS.attributes)
    issues.add(place, `expected at most ${BATCH_LIMITS.attributes} attributes, found ${count} or more.`)
}

/** Count of flat attributes so far; stops early past the limit. */
function checkObject(
  object: Readonly<Record<string, unknown>>,
  place: Place,
  prefixLength: number,
  depth: number,
  issues: Issues,
): number {
  let count = 0
  for (const name in object) {
    const value = object[name]
    const length = prefixLength + name.length
    if (name === '' || length > BATCH_LIMITS.attributeNameLength) {
      const expected = `expected names of 1 to ${BATCH_LIMITS.attributeNameLength} characters, dots included`
      issues.add(place, `${expected}, found ${name === '' ? 'an empty one' : length}.`)
    } else if (isObject(value)) {
      if (depth + 1 > BATCH_LIMITS.attributeDepth) issues.add(place, tooDeep)
      else count += checkObject(value, placeOf(place, name), length + 1, depth + 1, issues)
    } else {
      count++
      const fault = valueFault(value, depth)
      if (fault !== null) issues.add(placeOf(place, name), fault)
    }
    if (count > BATCH_LIMITS.attributes || issues.full) return count
  }
  return count
}

const tooDeep = `expected at most ${BATCH_LIMITS.attributeDepth} levels of objects and arrays.`

function valueFault(value: unknown, depth: number): string | null {
  if (typeof value === 'string') return lengthFault(value.length)
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'the number is beyond what Float64 holds.'
  if (!Array.isArray(value)) return null
  if (!isWithinDepth(value, BATCH_LIMITS.attributeDepth - depth)) return tooDeep
  return lengthFault(JSON.stringify(value).length)
}

function lengthFault(length: number): string | null {
  const limit = BATCH_LIMITS.attributeValueLength
  return length > limit ? `expected at most ${limit} characters, found ${length}.` : null
}

/** Whether a value has at most so many levels, itself counted. Never goes deeper than that, however deep it is. */
export function isWithinDepth(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (levels <= 0) return false
  const inner: unknown[] = Array.isArray(value) ? value : Object.values(value)
  return inner.every((one) => isWithinDepth(one, levels - 1))
}
