import snappy from 'snappyjs'

/**
 * The length that a snappy block says it has when decompressed (a varint at its start); null where it says none.
 */
export function snappyLength(body: Uint8Array): number | null {
  let length = 0
  for (let i = 0; i < 5; i++) {
    const byte = body[i]
    if (byte === undefined) return null
    length += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return length
  }
  return null
}

/** Decompresses a snappy block of a length that was found to be small enough; null where it is none. */
export function unsnap(body: Uint8Array, length: number): Uint8Array | null {
  try {
    const plain = snappy.uncompress(body, length)
    return plain.byteLength === length ? plain : null
  } catch (error) {
    if (error instanceof Error) return null
    throw error
  }
}
