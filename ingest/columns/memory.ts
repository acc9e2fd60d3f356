/** Buffers begin at this size, and double. */
const LEAST_BYTES = 64 * 1024
/** What is kept for the next flush at the most: a large flush is rare, and what it took is given back. */
const KEPT_BYTES = 32 * 1024 * 1024

const kept: ArrayBuffer[] = []
let keptBytes = 0

/**
 * Memory of at least so many bytes, with whatever stood in it. To touch memory for the first time takes longer than to
 * write columns into it, so what one flush has used is the next one's.
 */
export function takeMemory(bytes: number): ArrayBuffer {
  let size = LEAST_BYTES
  while (size < bytes) size *= 2
  const found = kept.findIndex(({ byteLength }) => byteLength === size)
  if (found === -1) return new ArrayBuffer(size)
  const [memory = new ArrayBuffer(size)] = kept.splice(found, 1)
  keptBytes -= size
  return memory
}

/** Gives memory of `takeMemory` back, of which nobody may read or write any more. */
export function giveMemory(memory: ArrayBuffer): void {
  // What was handed to another thread has no bytes.
  if (memory.byteLength < LEAST_BYTES || keptBytes + memory.byteLength > KEPT_BYTES) return
  kept.push(memory)
  keptBytes += memory.byteLength
}
