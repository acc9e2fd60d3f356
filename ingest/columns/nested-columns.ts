import type { Bytes } from './bytes.js'
import type { Column } from './column.js'
import { DictionaryColumn } from './dictionary-column.js'
import { UInt64Column } from './number-columns.js'

/** Rows of any number of elements: where each row ends, then the columns of all elements behind one another. */
abstract class RepeatedColumn implements Column {
  readonly #parts: readonly Column[]
  readonly #ends = new UInt64Column()
  #end = 0

  protected constructor(
    readonly type: string,
    elements: readonly Column[],
  ) {
    this.#parts = [this.#ends, ...elements]
  }

  /** Ends a row, to which so many elements were added. */
  close(count: number): void {
    this.#end += count
    this.#ends.add(this.#end)
  }

  get size(): number {
    return this.#parts.reduce((sum, { size }) => sum + size, 0)
  }

  writeHead(bytes: Bytes): void {
    for (const part of this.#parts) part.writeHead?.(bytes)
  }

  writeTo(bytes: Bytes): void {
    for (const part of this.#parts) part.writeTo(bytes)
  }

  release(): void {
    for (const part of this.#parts) part.release()
  }
}

/** Lists, one a row. */
export class ArrayColumn<Of extends Column> extends RepeatedColumn {
  /** @param elements Takes a row's elements, before the row is closed. */
  constructor(readonly elements: Of) {
    super(`Array(${elements.type})`, [elements])
  }
}

/** Maps from names, one a row. */
export class MapColumn<Of extends Column> extends RepeatedColumn {
  readonly names: DictionaryColumn

  /** @param values Takes a value for each of the names, before the row is closed. */
  constructor(readonly values: Of) {
    const names = new DictionaryColumn()
    super(`Map(${names.type}, ${values.type})`, [names, values])
    this.names = names
  }
}
