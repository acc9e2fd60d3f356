import { isUtf8 } from 'node:buffer'
import { InvalidBatchError, TooManyValuesError } from './issues.js'
import { parseJsonPieces } from './json-pieces.js'
import { BATCH_LIMITS } from './limits.js'
import { hasMoreValues } from './value-count.js'

/** Bodies below this are not counted: they hold at most 350,000 values, and counting takes 0.3 µs a log. */
const COUNTED_BYTES = 1024 * 1024

/** A body's JSON. */
export interface JsonBody {
  readonly value: unknown
  /** Whether every string in it is surely ASCII, so that its length is its length in UTF-8. */
  readonly ascii: boolean
}

/**
 * Parses a body.
 *
 * Counts its values first where there may be very many: 20 MiB of `{}` (20 KiB as gzip) would hold the thread for 4 s and
 * 700 MB.
 *
 * @param limit Values it may have.
 * @throws InvalidBatchError when it is no UTF-8 or no JSON, TooManyValuesError when it has too many values.
 */
export function parseJsonBody(body: Uint8Array, limit: number = BATCH_LIMITS.values): JsonBody {
  if (!isUtf8(body)) throw invalid('The body is not valid UTF-8.')
  if (body.byteLength > COUNTED_BYTES && hasMoreValues(body, limit)) throw new TooManyValuesError(limit)
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const pieced = parseJsonPieces(bytes)
  if (pieced !== null) return { value: pieced.value, ascii: pieced.length === body.byteLength && !pieced.escaped }
  const text = bytes.toString('utf8')
  try {
    const value: unknown = JSON.parse(text)
    return { value, ascii: text.length === body.byteLength && !text.includes('\\u') }
  } catch (error) {
    throw invalid(`The body is not valid JSON${place(error)}.`)
  }
}

function invalid(message: string): InvalidBatchError {
  return new InvalidBatchError([{ path: '', message }])
}

/** Where V8 stopped reading. The rest of its message quotes the body, which may hold what must not be repeated. */
function place(error: unknown): string {
  const match = error instanceof Error ? /at position (\d+)/.exec(error.message) : null
  return match === null ? '' : `: it cannot be read past character ${match[1]}`
}
