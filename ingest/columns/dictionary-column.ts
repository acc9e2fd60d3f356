import type { Bytes } from './bytes.js'
import type { Column } from './column.js'
import { UInt32Column } from './number-columns.js'
import { encodedText, TextColumn } from './text-column.js'

/** The only version of the format. */
const VERSION = 1
/** Its keys stand in the block, and are all that its rows refer to. */
const KEYS_ARE_HERE = 2 ** 9 + 2 ** 10
/** Version, form and the two counts. */
const WHOLE_NUMBERS_BYTES = 4 * 8

/**
 * Texts of which few are different: each of them once, and by row the number of its text. Tables keep names so, and take
 * them as they come; of plain texts ClickHouse would look each up again, and V8 join each with those before it.
 *
 * Source of the format: https://github.com/ClickHouse/ClickHouse, `SerializationLowCardinality.cpp`.
 */
export class DictionaryColumn implements Column {
  readonly type = 'LowCardinality(String)'
  readonly #numbers = new Map<string, number>()
  readonly #lengths: number[] = []
  readonly #texts = new TextColumn()
  readonly #rows = new UInt32Column()

  /**
   * Adds a text; surrogates that stand alone become U+FFFD, as always in UTF-8.
   *
   * @returns Its length in bytes.
   */
  add(text: string): number {
    const number = this.numberOf(text)
    this.addNumber(number)
    return this.lengthOf(number)
  }

  /** The number of a text, by which `addNumber` adds it; the same for as long as this column is filled. */
  numberOf(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    const made = this.#numbers.size
    const { encoded, bytes } = encodedText(text)
    this.#texts.encoded(encoded)
    this.#lengths.push(bytes)
    this.#numbers.set(text, made)
    return made
  }

  /** The bytes of a numbered text. */
  lengthOf(number: number): number {
    return this.#lengths[number] ?? 0
  }

  addNumber(number: number): void {
    this.#rows.add(number)
  }

  /** Adds a text so many times. */
  repeat(text: string, times: number): void {
    this.#rows.repeat(this.numberOf(text), times)
  }

  get size(): number {
    return WHOLE_NUMBERS_BYTES + this.#texts.size + this.#rows.size
  }

  writeHead(bytes: Bytes): void {
    bytes.append(whole(VERSION))
  }

  writeTo(bytes: Bytes): void {
    const numbers = this.#rows.values
    // As ClickHouse itself: of nothing not even the keys' count.
    if (numbers.length === 0) return
    const [width, narrow] = narrowed(numbers, this.#numbers.size)
    bytes.append(whole(KEYS_ARE_HERE + width))
    bytes.append(whole(this.#numbers.size))
    this.#texts.writeTo(bytes)
    bytes.append(whole(numbers.length))
    bytes.append(new Uint8Array(narrow.buffer, narrow.byteOffset, narrow.byteLength))
  }

  release(): void {
    this.#texts.release()
    this.#rows.release()
    this.#numbers.clear()
    this.#lengths.length = 0
  }
}

/** Numbers below a bound in as few bytes each as they need, and ClickHouse's name of that width. */
function narrowed(
  numbers: Uint32Array,
  bound: number,
): readonly [width: number, Uint8Array | Uint16Array | Uint32Array] {
  if (bound <= 2 ** 8) return [0, new Uint8Array(numbers)]
  if (bound <= 2 ** 16) return [1, new Uint16Array(numbers)]
  return [2, numbers]
}

/** A whole number below 2^32 as one of 64 bits. */
function whole(value: number): Uint8Array {
  return new Uint8Array(new Uint32Array([value, 0]).buffer)
}
