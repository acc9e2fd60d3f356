import { Bytes } from './bytes.js'
import type { Column } from './column.js'
import { encodedText } from './text-column.js'
import { varint } from './varint.js'

/** The column that names the flush, which stands first. */
const FLUSH_ID = 'flush_id'
const FLUSH_ID_TYPE = 'UInt64'

/**
 * One block of ClickHouse's Native format: counts of columns and rows, then each column behind its name and type. The
 * flush's id is column `flush_id`, and nought until `stampFlushId`. Without rows, no bytes. The columns are released.
 *
 * Source: https://clickhouse.com/docs/interfaces/formats/Native
 */
export function nativeBlock(columns: Readonly<Record<string, Column>>, rows: number): Uint8Array<ArrayBuffer> {
  if (rows === 0) return new Uint8Array(0)
  const all = Object.entries(columns)
  const room = all.reduce((sum, [name, { type, size }]) => sum + size + name.length + type.length + 8, 8 * rows + 64)
  const bytes = new Bytes(room)
  bytes.latin1(`${varint(all.length + 1)}${varint(rows)}${header(FLUSH_ID, FLUSH_ID_TYPE)}`)
  bytes.append(new Uint8Array(8 * rows))
  for (const [name, column] of all) {
    bytes.latin1(header(name, column.type))
    column.writeHead?.(bytes)
    column.writeTo(bytes)
    column.release()
  }
  return bytes.owned()
}

/**
 * Writes a flush's id into all rows of a block, in place. It is known only once the manifest is open, long after the
 * rows were made in a worker.
 *
 * @throws RangeError when the id is no UInt64, or the bytes are no block of `nativeBlock`.
 */
export function stampFlushId(block: Uint8Array, flushId: bigint): void {
  if (flushId < 0n || flushId >= 2n ** 64n) throw new RangeError(`Flush id ${flushId} is no UInt64.`)
  if (block.length === 0) return
  const [, afterColumns] = readVarint(block, 0)
  const [rows, afterRows] = readVarint(block, afterColumns)
  const expected = Buffer.from(header(FLUSH_ID, FLUSH_ID_TYPE), 'latin1')
  const start = afterRows + expected.length
  if (!(start + 8 * rows <= block.length) || expected.compare(block.subarray(afterRows, start)) !== 0)
    throw new RangeError('These rows have no column for a flush id.')
  const id = Buffer.alloc(8)
  id.writeBigUInt64LE(flushId)
  block.subarray(start, start + 8 * rows).set(Buffer.alloc(8 * rows, id))
}

function header(name: string, type: string): string {
  return encodedText(name).encoded + encodedText(type).encoded
}

/** A number of `varint`, and where it ends; NaN where the bytes end before it. */
function readVarint(bytes: Uint8Array, from: number): readonly [value: number, end: number] {
  let value = 0
  for (let at = from, unit = 1; at < bytes.length; at++, unit *= 128) {
    const byte = bytes[at] ?? 0
    value += (byte & 127) * unit
    if (byte < 128) return [value, at + 1]
  }
  return [Number.NaN, bytes.length]
}
