import { CursorError, type Page } from '../../schema/ports/control-plane.js'

/** A cursor: the list it belongs to and the position after which to go on, opaque to callers. */
export function encodeCursor(list: string, position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([list, ...position])).toString('base64url')
}

/**
 * The position in a cursor.
 *
 * @throws CursorError when the text is no cursor of this list.
 */
export function decodeCursor(list: string, cursor: string, kinds: readonly ('string' | 'number')[]) {
  const refused = () =>
    new CursorError(`${JSON.stringify(cursor.slice(0, 80))} is no cursor of ${list}; expected one that it handed out.`)
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    throw refused()
  }
  if (!Array.isArray(parts) || parts.length !== kinds.length + 1 || parts[0] !== list) throw refused()
  const position: unknown[] = parts.slice(1)
  if (position.some((part, index) => typeof part !== kinds[index] || (typeof part === 'number' && !isTime(part))))
    throw refused()
  return position as (string | number)[]
}

/** Rows as a page: one more than `first` was fetched, to see whether there is a next. */
export function pageOf<Row, Value>(
  rows: readonly Row[],
  first: number,
  cursor: (row: Row) => string,
  value: (row: Row) => Value,
): Page<Value> {
  return {
    items: rows.slice(0, first).map((row) => ({ cursor: cursor(row), value: value(row) })),
    hasNextPage: rows.length > first,
  }
}

/** Numbers in cursors are counters and Unix ms: whole, and no further than a Date reaches. */
function isTime(part: number): boolean {
  return Number.isInteger(part) && Math.abs(part) <= 8.64e15
}
