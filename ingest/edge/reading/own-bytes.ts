/**
 * Bytes in a buffer of their own, which can be handed over whole; copied where they share one: Node's pool of small
 * buffers cannot be handed over, and a part of a buffer takes all of it along.
 */
export function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes
  const isWhole = buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength
  return isWhole ? new Uint8Array(buffer) : new Uint8Array(bytes)
}
