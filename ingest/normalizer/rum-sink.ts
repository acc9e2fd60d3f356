import type { RowWriter, StorageTerms } from '../../schema/ports.js'
import type { ParsePool } from '../parse/index.js'
import { createRowSink } from './row-sink.js'
import type { SignalSink } from './signal-sink.js'

/** Browser events. */
export function createRumSink(pool: ParsePool, writer: RowWriter, storage?: StorageTerms): SignalSink {
  return createRowSink('rum', pool, writer, storage)
}
