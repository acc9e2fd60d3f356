/** Digits of the largest UInt64. */
const WIDTH = 20
const NEWLINE = 0x0a
const SPACE = 0x20
const ZERO = 0x30

/** What stands in each row's first cell until the flush's id is known. */
export const FLUSH_ID_PLACEHOLDER = '0'.padStart(WIDTH)

/**
 * Writes a flush's id into the first cell of each row of `toLogRows`, in place. The id is known only once the manifest
 * is open, long after the rows were made in a worker; JSON lets a number stand behind spaces, so the cell has room for
 * any id and nothing moves. 0.15 µs a row.
 */
export function stampFlushId(rows: Uint8Array, flushId: bigint): void {
  if (flushId < 0n || flushId >= 2n ** 64n) throw new RangeError(`Flush id ${flushId} is no UInt64.`)
  const cell = Buffer.from(String(flushId).padStart(WIDTH))
  for (let start = 0; start < rows.length; ) {
    for (let i = 1; i <= WIDTH; i++) {
      const byte = rows[start + i]
      const isRoom = byte === SPACE || (byte !== undefined && byte >= ZERO && byte <= ZERO + 9)
      if (!isRoom) throw new RangeError('These rows have no cell for a flush id.')
    }
    rows.set(cell, start + 1)
    const end = rows.indexOf(NEWLINE, start)
    start = end === -1 ? rows.length : end + 1
  }
}
