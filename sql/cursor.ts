import { CursorError } from '../schema/ports/control-plane.js'

/** One part of a place in a list. */
export type CursorPart = string | number
type Check = (part: unknown) => boolean

/** Nanoseconds since the epoch as ClickHouse's Int64 holds them. */
export const isNanoseconds: Check = (part) =>
  typeof part === 'string' && /^(?:0|-?[1-9]\d{0,17}|-?[1-8]\d{18})$/.test(part)
export const isUuid: Check = (part) =>
  typeof part === 'string' && /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(part)
export const isUInt32: Check = (part) =>
  typeof part === 'number' && Number.isInteger(part) && part >= 0 && part < 2 ** 32
/** A whole number of up to 64 bits as text. */
export const isUInt64: Check = (part) => typeof part === 'string' && /^(?:0|[1-9]\d{0,18})$/.test(part)
export const isText: Check = (part) => typeof part === 'string'

/** A place in a list as opaque text. */
export function encodeCursor(position: readonly CursorPart[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/**
 * The place that a cursor names.
 *
 * @param list What it is a list of, in words.
 * @param checks One for each part.
 * @throws CursorError when the text is none that `encodeCursor` makes of such parts.
 */
export function decodeCursor(cursor: string, list: string, checks: readonly Check[]): readonly CursorPart[] {
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(position) && position.length === checks.length)
      if (checks.every((check, i) => check(position[i]))) return position
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new CursorError(`\`after\` is no cursor of a list of ${list}; expected one that this list handed out.`)
}
