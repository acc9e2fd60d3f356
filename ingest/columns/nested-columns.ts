import type { Bytes } from './bytes.js'
import type { Column } from './column.js'
import { UInt64Column } from './number-columns.js'
import { TextColumn } from './text-column.js'

/** Lists, one a row: where each ends, and all elements behind one another. */
export class ArrayColumn<Of extends Column> implements Column {
  readonly type: string
  readonly #ends = new UInt64Column()
  #end = 0

  /** @param elements Takes a row's elements, before the row is closed. */
  constructor(readonly elements: Of) {
    this.type = `Array(${elements.type})`
  }

  /** Ends a row, to which so many elements were added. */
  close(count: number): void {
    this.#end += count
    this.#ends.add(this.#end)
  }

  get size(): number {
    return this.#ends.size + this.elements.size
  }

  writeTo(bytes: Bytes): void {
    this.#ends.writeTo(bytes)
    this.elements.writeTo(bytes)
  }

  release(): void {
    this.#ends.release()
    this.elements.release()
  }
}

/** Maps from texts, one a row: where each ends, all names, all values. */
export class MapColumn<Of extends Column> implements Column {
  readonly type: string
  readonly names = new TextColumn()
  readonly #ends = new UInt64Column()
  #end = 0

  /** @param values Takes a value for each of the names. */
  constructor(readonly values: Of) {
    this.type = `Map(String, ${values.type})`
  }

  /** Ends a row, to which so many names and values were added. */
  close(count: number): void {
    this.#end += count
    this.#ends.add(this.#end)
  }

  get size(): number {
    return this.#ends.size + this.names.size + this.values.size
  }

  writeTo(bytes: Bytes): void {
    this.#ends.writeTo(bytes)
    this.names.writeTo(bytes)
    this.values.writeTo(bytes)
  }

  release(): void {
    this.#ends.release()
    this.names.release()
    this.values.release()
  }
}
