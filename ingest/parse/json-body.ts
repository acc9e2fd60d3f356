import { isUtf8 } from 'node:buffer'
import { InvalidBatchError } from './issues.js'

/** A body's JSON. */
export interface JsonBody {
  readonly value: unknown
  /** Whether every string in it is surely ASCII, so that its length is its length in UTF-8. */
  readonly ascii: boolean
}

/**
 * Parses a body.
 *
 * @throws InvalidBatchError when it is no UTF-8 or no JSON.
 */
export function parseJsonBody(body: Uint8Array): JsonBody {
  if (!isUtf8(body)) throw invalid('The body is not valid UTF-8.')
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
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
