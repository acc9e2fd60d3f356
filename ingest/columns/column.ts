import type { Bytes } from './bytes.js'

/** Values of one column, one a row, in ClickHouse's Native format: how a column of its type stands in a block. */
export interface Column {
  /** ClickHouse's name of the type. */
  readonly type: string
  /** Bytes that it takes. */
  readonly size: number
  /** Writes it behind what is there. */
  writeTo(bytes: Bytes): void
  /** Gives its memory back. Nothing may be added any more. */
  release(): void
}
