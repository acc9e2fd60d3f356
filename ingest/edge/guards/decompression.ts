import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { snappyLength } from '../../remote-write/snappy.js'
import { isBrowserKey } from '../browser.js'
import { whileThere } from '../gone.js'
import type { EdgeTools, Passage } from '../passage.js'
import { isRemoteWrite } from '../protocol.js'
import { Refusal } from '../refusals.js'

/** With `info` it tells how much of what went in was read, which the types do not know. */
const inflate = promisify(gunzip) as unknown as (
  body: Uint8Array,
  options: { readonly maxOutputLength: number; readonly info: true },
) => Promise<{ readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } }>

/** Decompresses the body under a cap: inflating stops where it is passed, however much would have come. */
export async function decompression(passage: Passage, { limits, reader }: EdgeTools): Promise<void> {
  if (isRemoteWrite(passage.form)) {
    await unsnapped(passage, limits.decompressedBytes, reader)
    return
  }
  if (passage.headers.contentEncoding?.toLowerCase() !== 'gzip') {
    passage.plain = passage.body
    return
  }
  const most = isBrowserKey(passage.claimed) ? limits.browserDecompressedBytes : limits.decompressedBytes
  try {
    const { buffer, engine } = await inflate(passage.body, { maxOutputLength: most, info: true })
    // Behind zeros the library looks no further, whatever follows.
    if (engine.bytesWritten < passage.body.byteLength) throw new RangeError('bytes are left')
    passage.plain = buffer
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE')
      throw new Refusal(
        'BODY_TOO_LARGE',
        `The body is larger than ${most} bytes when decompressed; send it in smaller batches.`,
      )
    throw new Refusal('BODY_INVALID', 'The body cannot be decompressed; expected gzip, as content-encoding says.')
  }
  passage.bodyHash = null
  passage.held.take(passage.plain.byteLength)
}

/** Snappy says its length first: it is checked before anything is made of it. */
async function unsnapped(passage: Passage, most: number, reader: EdgeTools['reader']): Promise<void> {
  const length = snappyLength(passage.body)
  if (length !== null && length > most)
    throw new Refusal(
      'BODY_TOO_LARGE',
      `The body says that it is ${length} bytes when decompressed; expected at most ${most}.`,
    )
  passage.held.take(length ?? 0)
  const { body, request } = passage
  const plain = length === null ? null : await whileThere(request, (gone) => reader.unsnap(body, length, gone))
  if (plain === null)
    throw new Refusal('BODY_INVALID', "The body cannot be decompressed; expected snappy's block format.")
  passage.plain = plain
  passage.bodyHash = null
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null
}
