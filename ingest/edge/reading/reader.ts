import type { Log } from '../../../schema/ports/clock.js'
import { type PackedBody, packBodyAside } from '../../../schema/ports/packed-body.js'
import { unsnap } from '../../remote-write/snappy.js'
import { createThreads, type Posted, ThreadFailedError } from '../../threads.js'
import { Refusal } from '../refusals.js'
import { sha256 } from '../signature.js'
import { ownBytes } from './own-bytes.js'
import { type BodyRead, type BodyToRead, readBody } from './read-body.js'
import type { ReadingAnswer, ReadingTask } from './tasks.js'

/**
 * Decompresses, decodes and checks bodies. What takes long is done in worker threads: an export of 20 MiB takes a second
 * to read, in which the thread that answers requests would answer none.
 */
export interface BodyReader {
  /**
   * Reads a body. One that a worker reads is handed over to it, and the array it was in is empty.
   *
   * @param hashed Whether its SHA-256 is wanted.
   * @param gone Aborts when the client has gone.
   * @throws Refusal OVERLOADED, UNAVAILABLE, TOO_MANY_ITEMS (it took too much memory), and the abort's reason.
   */
  read(body: BodyToRead, hashed: boolean, gone: AbortSignal): Promise<ReadBack>
  /** A snappy block of a known length decompressed, null where it is none; throws the same. */
  unsnap(packed: Uint8Array, length: number, gone: AbortSignal): Promise<Uint8Array | null>
  close(): Promise<void>
}

export interface ReadBack {
  readonly read: BodyRead
  /** What is to be kept of it, packed for the queue; null where it was refused. */
  readonly packed: PackedBody | null
  readonly hash: Uint8Array | null
}

/**
 * Bodies below this are read on the spot. A trip to a worker takes 0.05 ms, and a wait where it is busy; reading takes 5 ms
 * a MiB of native logs, 11 of native metrics, 13 of OTLP's JSON and 27 to 43 of protobuf.
 */
const ON_THE_SPOT_BYTES = { json: 256 * 1024, protobuf: 32 * 1024 }
/** Larger ones wait for a worker of their own, so that those below never wait a second for one of them. */
const LARGE_BYTES = 2 * 1024 * 1024
/** Bodies of either size that wait for a worker, or are with one: at most 3 s of work. Past it they are turned away. */
const WAITING_BYTES = 64 * 1024 * 1024

/**
 * @param options.workers How many for bodies below 2 MiB, and as many for larger ones; they start when first needed. 0
 *   reads everything on the spot.
 * @param options.file The compiled worker.js.
 */
export function createBodyReader(options: {
  readonly workers: number
  readonly file: string
  readonly log: Log
  /** For tests. */
  readonly waitingBytes?: number
  readonly heapMb?: number
}): BodyReader {
  const { workers, file, log, heapMb, waitingBytes = WAITING_BYTES } = options
  if (workers === 0) return ON_THE_SPOT
  const lane = (name: string) => ({
    waiting: 0,
    threads: createThreads<ReadingTask, ReadingAnswer>({
      ...{ name, workers, file, log },
      ...(heapMb === undefined ? {} : { heapMb }),
    }),
  })
  const middling = lane('reading workers')
  const large = lane('reading workers of large bodies')

  const asked = async (bytes: number, post: () => Posted<ReadingTask>, gone: AbortSignal): Promise<ReadingAnswer> => {
    const own = bytes < LARGE_BYTES ? middling : large
    if (own.waiting > 0 && own.waiting + bytes > waitingBytes)
      throw new Refusal('OVERLOADED', 'Too many large bodies wait to be read here; send the batch again later.', {
        retryAfterMs: 1_000,
      })
    own.waiting += bytes
    try {
      return await own.threads.run(post, gone)
    } catch (error) {
      throw error instanceof ThreadFailedError ? refusalOf(error) : error
    } finally {
      own.waiting -= bytes
    }
  }

  return {
    async read(body, hashed, gone) {
      const { plain, form } = body
      const isJson = form === 'json' || form === 'native-json' || form === 'otlp-json'
      if (plain.byteLength < ON_THE_SPOT_BYTES[isJson ? 'json' : 'protobuf'])
        return ON_THE_SPOT.read(body, hashed, gone)
      const post = (): Posted<ReadingTask> => {
        const own = ownBytes(plain)
        return [{ kind: 'read', body: { ...body, plain: own }, hashed }, [own.buffer]]
      }
      const answer = await asked(plain.byteLength, post, gone)
      if (answer.kind === 'read') return answer
      throw new Error(answer.kind === 'failed' ? answer.stack : 'A worker decompressed what it was to read.')
    },
    async unsnap(packed, length, gone) {
      if (length < ON_THE_SPOT_BYTES.protobuf) return ON_THE_SPOT.unsnap(packed, length, gone)
      const post = (): Posted<ReadingTask> => {
        const own = ownBytes(packed)
        return [{ kind: 'unsnap', packed: own, length }, [own.buffer]]
      }
      const answer = await asked(length, post, gone)
      if (answer.kind === 'unsnap') return answer.plain
      throw new Error(answer.kind === 'failed' ? answer.stack : 'A worker read what it was to decompress.')
    },
    async close() {
      await Promise.all([middling.threads.close(), large.threads.close()])
    },
  }
}

const ON_THE_SPOT: BodyReader = {
  async read(body, hashed) {
    const { read, kept } = readBody(body)
    const hash = hashed ? sha256(body.plain) : null
    return { read, packed: kept === null ? null : await packBodyAside(kept), hash }
  },
  unsnap: async (packed, length) => unsnap(packed, length),
  close: async () => undefined,
}

function refusalOf({ outOfMemory }: ThreadFailedError): Refusal {
  if (outOfMemory)
    return new Refusal('TOO_MANY_ITEMS', 'The body takes too much memory to be read; send it in smaller batches.')
  return new Refusal('UNAVAILABLE', 'The batch could not be read now; send it again later.', { retryAfterMs: 1_000 })
}
