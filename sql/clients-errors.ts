import { StoreError } from '../schema/ports/telemetry.js'

/**
 * ClickHouse's codes of errors that lie in the statement, its parameters or its rows: the same again fails again. All
 * others (time, memory, parts, disk, network, a shutdown) lie in the store. After ClickHouse's ErrorCodes.cpp.
 */
const QUERY_FAULTS: ReadonlySet<number> = new Set([
  ...[6, 8, 9, 10, 15, 16, 20, 26, 27, 33, 34, 35, 36, 38, 41, 42, 43, 44, 46, 47, 48, 50, 51, 53, 60, 62, 63, 68, 69],
  ...[
    70, 72, 79, 80, 81, 115, 117, 120, 125, 128, 131, 139, 153, 158, 164, 179, 181, 182, 184, 190, 207, 215, 321, 349,
  ],
  ...[352, 386, 396, 403, 407, 427, 435, 441, 452, 456, 457, 467, 472, 473, 691],
])

/** TIMEOUT_EXCEEDED, TOO_SLOW, MEMORY_LIMIT_EXCEEDED: the limits that every query carries. */
const EXHAUSTED: ReadonlySet<number> = new Set([159, 160, 241])

/** What went wrong in a query or a command, as a StoreError whose message is ClickHouse's first sentence. */
export function queryError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const { code, text } = faultOf(error)
  if (code === null) return new StoreError('store', `ClickHouse does not answer: ${text}`)
  // The message of a timeout or of a lack of memory is ClickHouse's; the one at fault is told by the code.
  return new StoreError(kindOf(code), `ClickHouse: ${text} (code ${code})`, { exhausted: EXHAUSTED.has(code) })
}

/** What went wrong in an insert. ClickHouse quotes rows in its message, so only its name for the fault is kept. */
export function insertError(error: unknown, table: string): StoreError {
  if (error instanceof StoreError) return error
  const { code, text, type } = faultOf(error)
  if (code === null) return new StoreError('store', `ClickHouse does not answer: ${text}`)
  return new StoreError(kindOf(code), `ClickHouse did not take rows of table ${table}: ${type} (code ${code}).`)
}

function kindOf(code: number): 'query' | 'store' {
  return QUERY_FAULTS.has(code) ? 'query' : 'store'
}

/** Both clients tell the code in their own ways: as a prefix of the message, or as a field of digits. */
function faultOf(error: unknown): { code: number | null; text: string; type: string } {
  const message = error instanceof Error ? error.message : String(error)
  const own = error instanceof Error && 'code' in error && /^\d+$/.test(String(error.code)) ? Number(error.code) : null
  const prefix = /^Code: (\d+)\. (?:DB::Exception: )?/.exec(message)
  const text = message.slice(prefix?.[0].length ?? 0)
  const type = error instanceof Error && 'type' in error ? String(error.type) : /\(([A-Z_]{3,})\)/.exec(text)?.[1]
  return { code: own ?? (prefix ? Number(prefix[1]) : null), text: text.slice(0, 500).trim(), type: type ?? 'an error' }
}
