/**
 * An id for a batch: a UUID of version 7 (RFC 9562, section 5.7), so that ids sort by acceptance and indexes grow at
 * one end.
 *
 * @param now Unix ms.
 * @param random 16 random bytes.
 */
export function newBatchId(now: number, random: Uint8Array): string {
  const bytes = Buffer.from(random.subarray(0, 16))
  bytes.writeUIntBE(Math.floor(now), 0, 6)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
