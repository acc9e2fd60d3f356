import type { Transferable } from 'node:worker_threads'
import { type PackedBody, packBody } from '../../../schema/ports/packed-body.js'
import { unsnap } from '../../remote-write/snappy.js'
import { sha256 } from '../signature.js'
import { ownBytes } from './own-bytes.js'
import { type BodyRead, type BodyToRead, readBody } from './read-body.js'

/** What a reading worker is asked. Bodies are handed over, and come back packed. */
export type ReadingTask =
  | { readonly kind: 'read'; readonly body: BodyToRead; readonly hashed: boolean }
  | { readonly kind: 'unsnap'; readonly packed: Uint8Array; readonly length: number }

export type ReadingAnswer =
  | {
      readonly kind: 'read'
      readonly read: BodyRead
      /** What is to be kept of it; null where that is nothing. */
      readonly packed: PackedBody | null
      /** The body's SHA-256, where that was asked for. */
      readonly hash: Uint8Array | null
    }
  | { readonly kind: 'unsnap'; readonly plain: Uint8Array | null }
  | { readonly kind: 'failed'; readonly stack: string }

/** Answers a task, and names what is handed over instead of copied. */
export function answerReading(task: ReadingTask): readonly [ReadingAnswer, Transferable[]] {
  try {
    if (task.kind === 'unsnap') {
      const plain = unsnap(task.packed, task.length)
      return [{ kind: 'unsnap', plain }, plain === null ? [] : [plain.buffer as ArrayBuffer]]
    }
    const { body, hashed } = task
    const { read, kept } = readBody(body)
    const packed = kept === null ? null : ownPacked(packBody(kept))
    const hash = hashed ? sha256(body.plain) : null
    return [{ kind: 'read', read, packed, hash }, packed === null ? [] : [packed.packed.buffer]]
  } catch (error) {
    return [{ kind: 'failed', stack: error instanceof Error ? (error.stack ?? error.message) : String(error) }, []]
  }
}

function ownPacked({ packed, ...rest }: PackedBody): PackedBody & { readonly packed: Uint8Array<ArrayBuffer> } {
  return { ...rest, packed: ownBytes(packed) }
}
