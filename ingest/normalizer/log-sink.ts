import type { LogWriter, StorageTerms } from '../../schema/ports.js'
import type { ParsePool } from '../parse/index.js'
import { createRowSink } from './row-sink.js'
import type { SignalSink } from './signal-sink.js'

/** Logs. */
export function createLogSink(pool: ParsePool, writer: LogWriter, storage?: StorageTerms): SignalSink {
  return createRowSink('logs', pool, writer, storage)
}
