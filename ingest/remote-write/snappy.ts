/*
 * Snappy's block format (google/snappy, format_description.txt): the length of what comes out, then literals and copies
 * of what came out before. Read strictly: a block that is cut short or says a wrong length is none.
 */

/** The length that a block says it has when decompressed (a varint at its start); null where it says none. */
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

/**
 * Decompresses a block of a length that was found to be small enough; null where it is none, or of another length.
 *
 * By hand: a library that filled up with zeros what was cut short let half a batch pass for a whole one, since to
 * protobuf zeros are fields to skip.
 */
export function unsnap(body: Uint8Array, length: number): Uint8Array<ArrayBuffer> | null {
  const end = body.byteLength
  let from = lengthBytes(body)
  // The shortest element that makes most is a copy of 3 bytes that makes 64: what says more is lying.
  if (length > (end - from) * 32) return null
  const plain = new Uint8Array(length)
  let at = 0
  while (from < end) {
    const tag = body[from++] as number
    const kind = tag & 3
    if (kind === 0) {
      let size = (tag >>> 2) + 1
      if (size > 60) {
        const bytes = size - 60
        if (from + bytes > end) return null
        size = littleEndian(body, from, bytes) + 1
        from += bytes
      }
      if (from + size > end || at + size > length) return null
      if (size < 32) for (let i = 0; i < size; i++) plain[at + i] = body[from + i] as number
      else plain.set(body.subarray(from, from + size), at)
      from += size
      at += size
      continue
    }
    const bytes = kind === 3 ? 4 : kind
    if (from + bytes > end) return null
    const size = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1
    const offset = littleEndian(body, from, bytes) + (kind === 1 ? (tag >>> 5) << 8 : 0)
    from += bytes
    if (offset === 0 || offset > at || at + size > length) return null
    // Byte by byte: a copy may overlap with itself, and then repeats what it has just written.
    for (let i = 0; i < size; i++) plain[at + i] = plain[at + i - offset] as number
    at += size
  }
  return at === length ? plain : null
}

/** How many bytes the length at the start takes. */
function lengthBytes(body: Uint8Array): number {
  let bytes = 0
  while ((body[bytes] ?? 0) >= 0x80) bytes++
  return bytes + 1
}

function littleEndian(body: Uint8Array, from: number, bytes: number): number {
  let value = 0
  for (let i = bytes - 1; i >= 0; i--) value = value * 256 + (body[from + i] as number)
  return value
}
