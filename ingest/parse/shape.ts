import { checkAttributes } from './attributes.js'
import { type Issues, shown } from './issues.js'
import type { TimeBounds } from './limits.js'
import { readTimestamp } from './timestamp.js'

/** What a batch's fields are checked with: adds an issue for each thing that is wrong with the value at the path. */
export type Check = (value: unknown, path: string, issues: Issues, bounds: TimeBounds | null) => void

/** Texts of at most so many UTF-16 code units. */
export function text(limit: number): Check {
  return (value, path, issues) => {
    if (typeof value !== 'string') issues.add(path, `expected a text, found ${shown(value)}.`)
    else if (value.length > limit) issues.add(path, `expected at most ${limit} characters, found ${value.length}.`)
  }
}

/** One of the words, in whatever case. */
export function word(words: readonly string[]): Check {
  return (value, path, issues) => {
    if (typeof value !== 'string' || !words.includes(value.toLowerCase()))
      issues.add(path, `expected ${words.join(', ')}, found ${shown(value)}.`)
  }
}

/** So many hexadecimal digits, not all of them zero. */
export function hexId(digits: number): Check {
  const form = new RegExp(`^(?!0+$)[0-9a-fA-F]{${digits}}$`)
  return (value, path, issues) => {
    if (typeof value !== 'string' || !form.test(value))
      issues.add(path, `expected ${digits} hexadecimal digits that are not all 0, found ${shown(value)}.`)
  }
}

/** A finite number of at least `least`. */
export function number(least = Number.NEGATIVE_INFINITY): Check {
  const expected = least === Number.NEGATIVE_INFINITY ? 'a finite number' : `a finite number of at least ${least}`
  return (value, path, issues) => {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < least)
      issues.add(path, `expected ${expected}, found ${shown(value)}.`)
  }
}

/** A time within the bounds of the call. */
export const time: Check = (value, path, issues, bounds) => {
  const at = readTimestamp(value)
  if (at === null)
    issues.add(path, `${shown(value)} is no time; expected RFC 3339 text or a number since the Unix epoch.`)
  else if (bounds !== null && (at.ms < bounds.from || at.ms > bounds.until)) {
    const [from, until] = [new Date(bounds.from).toISOString(), new Date(bounds.until).toISOString()]
    issues.add(path, `${shown(value)} is out of bounds; expected ${from} to ${until}.`)
  }
}

/** Attributes within the bounds of native batches. */
export const attributes: Check = (value, path, issues) => checkAttributes(value, path, issues)

/** An array of at most so many items. */
export function list(limit: number, item: Check): Check {
  return (value, path, issues, bounds) => {
    if (!Array.isArray(value)) issues.add(path, `expected an array, found ${shown(value)}.`)
    else if (value.length > limit) issues.add(path, `expected at most ${limit} items, found ${value.length}.`)
    else for (let i = 0; i < value.length && !issues.full; i++) item(value[i], `${path}[${i}]`, issues, bounds)
  }
}

/**
 * An object of these fields and no others, so that a misspelt one is not silently lost. Null means the same as absence;
 * the required ones must be there.
 */
export function object(fields: Readonly<Record<string, Check>>, required: readonly string[] = []): Check {
  const known = new Map(Object.entries(fields))
  const names = [...known.keys()].join(', ')
  return (value, path, issues, bounds) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      issues.add(path, `expected an object, found ${shown(value)}.`)
      return
    }
    const found = value as Readonly<Record<string, unknown>>
    for (const name of required)
      if (found[name] === undefined || found[name] === null)
        issues.add(`${path}.${name}`, `expected it to be there, found ${shown(found[name])}.`)
    for (const name in found) {
      const check = known.get(name)
      const one = found[name]
      if (check === undefined) issues.add(`${path}.${name}`.slice(0, 200), `no field of this name; expected ${names}.`)
      else if (one !== null && one !== undefined) check(one, `${path}.${name}`, issues, bounds)
    }
  }
}
