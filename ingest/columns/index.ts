/** Columns of rows in ClickHouse's Native format. */

export type { Column } from './column.js'
export { DictionaryColumn } from './dictionary-column.js'
export { giveMemory } from './memory.js'
export { nativeBlock, stampFlushId } from './native-block.js'
export { ArrayColumn, MapColumn } from './nested-columns.js'
export {
  BoolColumn,
  Float64Column,
  MillisecondsColumn,
  NanosecondsColumn,
  UInt16Column,
  UInt32Column,
  UInt64Column,
} from './number-columns.js'
export { SameUuidColumn } from './same-uuid-column.js'
export { encodedText, TextColumn } from './text-column.js'
