import { DictionaryColumn, NanosecondsColumn, TextColumn } from '../columns/index.js'
import { bareContexts, type ContextOf, enrichAttributes, enrichLog } from '../enrich/index.js'
import { AttributeColumns } from './attribute-columns.js'
import type { ParsedBatch } from './batch.js'
import { storedLevel } from './level.js'
import type { NativeLog } from './native-logs.js'
import { readLogs } from './read-batch.js'
import { type DaysOf, type Rows, rowsOf, standardDays } from './rows.js'
import { readTimestamp } from './timestamp.js'

/** The service of a log that names none. */
export const UNKNOWN_SERVICE = 'unknown'

/**
 * Rows of batches of logs, enriched and scrubbed: the same batches under the same terms give the same bytes, whenever
 * and wherever they are made.
 *
 * Usage counts, as `bytes` of a log, the UTF-8 length of its message and of the names and values of its stored
 * attributes, numbers and booleans as their JSON text.
 *
 * @throws PoisonBatchError naming the first batch that cannot be read.
 */
export function toLogRows(
  batches: readonly ParsedBatch[],
  contextOf: ContextOf = bareContexts(),
  daysOf: DaysOf = standardDays,
): Rows {
  const ts = new NanosecondsColumn()
  const [service, level] = [new DictionaryColumn(), new DictionaryColumn()]
  const [message, traceId, spanId] = [new TextColumn(), new TextColumn(), new TextColumn()]
  const attributes = new AttributeColumns()
  let context = contextOf(batches[0]?.orgId ?? '')
  return rowsOf<NativeLog>(batches, daysOf, {
    columns: {
      ...{ ts, service, level, message, trace_id: traceId, span_id: spanId },
      attributes_string: attributes.strings,
      attributes_number: attributes.numbers,
      attributes_bool: attributes.bools,
    },
    read(batch) {
      context = contextOf(batch.orgId)
      const { items, ascii } = readLogs(batch)
      return { items, ascii: ascii && context.ascii }
    },
    write(sent, { acceptedAt }, line, ascii) {
      const log = enrichLog(sent, acceptedAt, context)
      const at = log.timestamp == null ? null : readTimestamp(log.timestamp)
      const ms = at?.ms ?? Math.floor(acceptedAt)
      ts.add(ms, at?.ns ?? 0)
      service.add(log.service || UNKNOWN_SERVICE)
      level.add(storedLevel(log.level))
      traceId.add(storedId(log.traceId), ascii)
      spanId.add(storedId(log.spanId), ascii)
      const change = (shared: Readonly<Record<string, unknown>>) => enrichAttributes(shared, context)
      line.add(ms, message.add(log.message, ascii) + attributes.add(log.attributes, ascii, log.shared, change))
    },
  })
}

const HEX = /^[0-9a-fA-F]{16}(?:[0-9a-fA-F]{16})?$/
const UPPER = /[A-F]/

/**
 * A trace or span id as it is stored: those of 16 or 32 hexadecimal digits in lower case, as W3C's trace context writes
 * them; most come so. Others stay as they are.
 */
function storedId(id: string | null | undefined): string {
  if (id == null) return ''
  return UPPER.test(id) && HEX.test(id) ? id.toLowerCase() : id
}
