import type { FlushSnapshot } from '../../schema/domain/horizon.js'
import { CursorError } from '../../schema/ports/control-plane.js'

/**
 * Up to where a tail has been shown: all flushes that `seen` sees; and, of those that `upTo` sees beyond them, the
 * records up to one, by its cursor.
 */
export interface TailPosition {
  readonly seen: FlushSnapshot
  readonly within: { readonly upTo: FlushSnapshot; readonly cursor: string } | null
}

/** A position as opaque text. */
export function tailCursor({ seen, within }: TailPosition): string {
  const parts = within === null ? [shown(seen)] : [shown(seen), shown(within.upTo), within.cursor]
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

const shown = ({ upTo, except }: FlushSnapshot) => [upTo, ...except].map(String)

/**
 * The position that a cursor of a tail names.
 *
 * @throws CursorError
 */
export function tailPosition(cursor: string): TailPosition {
  const [first, second, record, ...rest] = partsOf(cursor)
  const seen = snapshotOf(first)
  if (seen !== null && rest.length === 0) {
    if (second === undefined && record === undefined) return { seen, within: null }
    const upTo = snapshotOf(second)
    if (upTo !== null && typeof record === 'string') return { seen, within: { upTo, cursor: record } }
  }
  throw new CursorError('`after` is no cursor of a tail of logs; expected one that an event of `logTail` had.')
}

function partsOf(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor.slice(0, MOST_TEXT), 'base64url').toString('utf8'))
    return Array.isArray(parts) ? parts : []
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return []
  }
}

/** A cursor names the flushes that were open, of which there are a few for each process. */
const MOST_TEXT = 16_384
/** Ids of flushes are PostgreSQL's bigints. */
const MOST_ID = 2n ** 63n - 1n
const ID = /^(?:0|[1-9]\d{0,18})$/

function snapshotOf(part: unknown): FlushSnapshot | null {
  if (!Array.isArray(part) || part.length === 0) return null
  if (!part.every((id): id is string => typeof id === 'string' && ID.test(id))) return null
  const [upTo = 0n, ...except] = part.map(BigInt)
  if ([upTo, ...except].some((id) => id > MOST_ID)) return null
  return { upTo, except }
}
