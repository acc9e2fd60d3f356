import type { Bytes } from './bytes.js'

/** Values of one column, one a row, in ClickHouse's Native format: how a column of its type stands in a block. */
export interface Column {
  /** ClickHouse's name of the type. */
  readonly type: string
  /** Bytes that it takes, at the most. */
  readonly size: number
  /** Writes what stands before all its values, and before those of the column that it is part of. Most have nothing there. */
  writeHead?(bytes: Bytes): void
  /** Writes its values behind what is there. */
  writeTo(bytes: Bytes): void
  /** Gives its memory back. Nothing may be added any more. */
  release(): void
}
