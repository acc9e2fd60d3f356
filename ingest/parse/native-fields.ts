import type { Issues } from './issues.js'
import { shown, TooManyItemsError } from './issues.js'
import type { TimeBounds } from './limits.js'
import { readTimestamp } from './timestamp.js'

/** The items and the time of a batch, unread; what is wrong around the items is added to the issues. Throws `TooManyItemsError`. */
export function checkBatch(
  body: unknown,
  list: 'logs' | 'metrics' | 'spans' | 'events',
  fields: ReadonlySet<string>,
  limit: number,
  issues: Issues,
): { readonly items: readonly unknown[]; readonly sentAt: number | null } {
  const nothing = { items: [], sentAt: null }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    issues.add('', `The body is ${shown(body)}; expected an object with "${list}".`)
    return nothing
  }
  const batch = body as Readonly<Record<string, unknown>>
  unknownFields(batch, fields, '', issues)
  const sentAt = batch.sentAt == null ? null : readTimestamp(batch.sentAt)
  if (batch.sentAt != null && sentAt === null) issues.add('sentAt', timeExpected(batch.sentAt))
  const items = batch[list]
  if (!Array.isArray(items)) {
    issues.add(list, `expected an array, found ${shown(items)}.`)
    return nothing
  }
  if (items.length > limit) throw new TooManyItemsError(list, limit, items.length)
  if (items.length === 0) issues.add(list, 'expected at least one item, found none.')
  return { items, sentAt: sentAt === null ? null : sentAt.ms }
}

/** Adds an issue for each field that has no meaning here, so that a misspelt one is not silently lost. */
export function unknownFields(
  object: Readonly<Record<string, unknown>>,
  fields: ReadonlySet<string>,
  path: string,
  issues: Issues,
): void {
  for (const name in object) {
    if (fields.has(name)) continue
    const where = path === '' ? name : `${path}.${name}`
    issues.add(where.slice(0, 200), `no field of this name; expected ${[...fields].join(', ')}.`)
  }
}

/** Adds an issue unless the value is a text within its length. */
export function checkText(
  value: unknown,
  limit: number,
  issues: Issues,
  list: string,
  index: number,
  field: string,
): void {
  if (typeof value !== 'string') issues.add(`${list}[${index}].${field}`, `expected a text, found ${shown(value)}.`)
  else if (value.length > limit)
    issues.add(`${list}[${index}].${field}`, `expected at most ${limit} characters, found ${value.length}.`)
}

/** Adds an issue unless the value is a time within its bounds. */
export function checkTime(
  value: unknown,
  bounds: TimeBounds | null,
  issues: Issues,
  list: string,
  index: number,
): void {
  const at = readTimestamp(value)
  if (at === null) issues.add(`${list}[${index}].timestamp`, timeExpected(value))
  else if (bounds !== null && (at.ms < bounds.from || at.ms > bounds.until)) {
    const [from, until] = [new Date(bounds.from).toISOString(), new Date(bounds.until).toISOString()]
    issues.add(`${list}[${index}].timestamp`, `${shown(value)} is out of bounds; expected ${from} to ${until}.`)
  }
}

function timeExpected(value: unknown): string {
  return `${shown(value)} is no time; expected RFC 3339 text or a number since the Unix epoch.`
}
