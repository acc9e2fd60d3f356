/** Numbers as their bytes, low ones first, in memory of their own. */
export type NativeNumbers = ArrayBuffer

/** Texts, each of them once, and by row the index of its text. */
export interface NativeTexts {
  readonly texts: readonly string[]
  readonly index: Uint32Array
}

/** An answer in ClickHouse's Native format, the blocks of each column put together. */
export interface NativeColumns {
  readonly rows: number
  /** By name; a column of an answer without rows may be missing. */
  readonly numbers: ReadonlyMap<string, NativeNumbers>
  readonly texts: ReadonlyMap<string, NativeTexts>
}

/** Bytes of a value, by the types that are read. */
const WIDTHS: Readonly<Record<string, number>> = { UInt8: 1, UInt32: 4, UInt64: 8, Int64: 8, Float64: 8 }

/** Bytes, and how far they are read. */
interface Place {
  readonly bytes: Buffer
  at: number
}

/**
 * Reads an answer in the Native format: blocks, each of them its numbers of columns and rows, then by column its name,
 * its type and its values. See https://clickhouse.com/docs/interfaces/formats/Native
 *
 * @throws RangeError for a type that is neither String nor a number of fixed width, and for an answer that is cut short.
 */
export function readNative(bytes: Uint8Array): NativeColumns {
  const place = { bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), at: 0 }
  const numbers = new Map<string, Uint8Array[]>()
  const texts = new Map<string, TextBlocks>()
  let rows = 0
  while (place.at < bytes.length) {
    const columns = numberAt(place)
    const rowsHere = numberAt(place)
    rows += rowsHere
    for (let i = 0; i < columns; i++) {
      const name = textAt(place)
      const type = textAt(place)
      const width = WIDTHS[type]
      if (type === 'String')
        readTexts(
          place,
          rowsHere,
          entry(texts, name, () => ({ numbers: new Map(), blocks: [] })),
        )
      else if (width !== undefined) entry(numbers, name, () => []).push(bytesAt(place, rowsHere * width))
      else throw new RangeError(`Found a column of type ${type}; expected String or a number.`)
    }
  }
  return {
    rows,
    numbers: new Map([...numbers].map(([name, blocks]) => [name, joined(blocks)])),
    texts: new Map(
      [...texts].map(([name, { numbers, blocks }]) => [
        name,
        { texts: [...numbers.keys()], index: new Uint32Array(joined(blocks)) },
      ]),
    ),
  }
}

/** A number of seven bits a byte, the low ones first. */
function numberAt(place: Place): number {
  let value = 0
  for (let factor = 1; ; factor *= 128) {
    const byte = place.bytes[place.at++]
    if (byte === undefined) throw cutShort(place)
    value += (byte & 127) * factor
    if (byte < 128) return value
  }
}

function bytesAt(place: Place, length: number): Buffer {
  const from = place.at
  place.at += length
  if (place.at > place.bytes.length) throw cutShort(place)
  return place.bytes.subarray(from, place.at)
}

function textAt(place: Place): string {
  return bytesAt(place, numberAt(place)).toString('utf8')
}

interface TextBlocks {
  /** By text. */
  readonly numbers: Map<string, number>
  readonly blocks: Uint8Array[]
}

/** Numbers texts. One that repeats the one before is not made, as in columns that the table is ordered by most are not. */
function readTexts(place: Place, rows: number, { numbers, blocks }: TextBlocks): void {
  const { bytes } = place
  const index = new Uint32Array(rows)
  let last = -1
  let lastAt = 0
  let lastLength = 0
  for (let i = 0; i < rows; i++) {
    // Most lengths are one byte, read here: with calls for each row, 100,000 names took 20 ms and not 2.
    const byte = bytes[place.at] ?? 128
    const length = byte < 128 ? byte : numberAt(place)
    if (byte < 128) place.at++
    const { at } = place
    place.at += length
    if (last === -1 || length !== lastLength || !isSame(bytes, at, lastAt, length)) {
      if (place.at > bytes.length) throw cutShort(place)
      last = entry(numbers, bytes.toString('utf8', at, place.at), () => numbers.size)
      lastAt = at
      lastLength = length
    }
    index[i] = last
  }
  blocks.push(new Uint8Array(index.buffer))
}

function isSame(bytes: Buffer, one: number, other: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[one + i] !== bytes[other + i]) return false
  return true
}

/** Copied, also where there is one: views of more than one byte begin at multiples of their length. */
function joined(blocks: readonly Uint8Array[]): ArrayBuffer {
  const all = new Uint8Array(blocks.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const block of blocks) {
    all.set(block, at)
    at += block.length
  }
  return all.buffer
}

function entry<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

function cutShort({ bytes }: Place): RangeError {
  return new RangeError(`Found the end of an answer after ${bytes.length} bytes; expected more of it.`)
}
