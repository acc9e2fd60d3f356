import { bareContexts, type ContextOf, enrichAttributes, enrichLog } from '../enrich/index.js'
import { SharedCells } from './attribute-cells.js'
import { flattenAttributes } from './attributes.js'
import type { ParsedBatch } from './batch.js'
import { FLUSH_ID_PLACEHOLDER } from './flush-id.js'
import { FlushLines, type OpenLine } from './flush-lines.js'
import { storedLevel } from './level.js'
import type { NativeLog } from './native-logs.js'
import { QuotedNames, wellFormed } from './quoted-names.js'
import { readLogs } from './read-batch.js'
import { type DaysOf, FlushTooLargeError, MAX_ROWS_BYTES, type Rows, rowTail, standardDays } from './rows.js'
import { nanosecondsText, readTimestamp } from './timestamp.js'

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
  const lines = new FlushLines()
  const chunks: Uint8Array[] = []
  let size = 0
  for (const batch of batches) {
    const chunk = batchRows(batch, lines.of(batch.orgId, batch.acceptedAt), contextOf, rowTail(batch, daysOf))
    chunks.push(chunk)
    size += chunk.byteLength
    if (size > MAX_ROWS_BYTES && batches.length > 1)
      throw new FlushTooLargeError(`${batches.length} batches make more than ${MAX_ROWS_BYTES} bytes of rows.`)
  }
  const rows = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    rows.set(chunk, at)
    at += chunk.byteLength
  }
  return { rows, lines: lines.closed() }
}

function batchRows(batch: ParsedBatch, line: OpenLine, contextOf: ContextOf, tail: string): Uint8Array {
  const { items, ascii: sentAscii } = readLogs(batch)
  const context = contextOf(batch.orgId)
  const ascii = sentAscii && context.ascii
  const head = `[${FLUSH_ID_PLACEHOLDER},${JSON.stringify(batch.orgId)},`
  const name = `,${JSON.stringify(batch.batchId)},`
  const quoted = new QuotedNames()
  const shared = new SharedCells(quoted, (attributes) => enrichAttributes(attributes, context))
  let all = ''
  for (const [item, sent] of items.entries()) {
    const log = enrichLog(sent, batch.acceptedAt, context)
    all += head + logCells(log, batch, line, ascii, quoted, shared) + name + item + tail
  }
  // What is ASCII (ids are) has no surrogates, and is written in a third of the time.
  return ascii ? Buffer.from(all, 'latin1') : Buffer.from(wellFormed(all))
}

/** Cells from the time to the attributes; adds the log to the line. */
function logCells(
  log: NativeLog,
  batch: ParsedBatch,
  line: OpenLine,
  ascii: boolean,
  quoted: QuotedNames,
  shared: SharedCells,
): string {
  const at = log.timestamp == null ? null : readTimestamp(log.timestamp)
  const ms = at?.ms ?? Math.floor(batch.acceptedAt)
  let bytes = ascii ? log.message.length : Buffer.byteLength(log.message)
  let strings = ''
  let numbers = ''
  let bools = ''
  if (log.attributes != null)
    flattenAttributes(log.attributes, (name, value) => {
      bytes += ascii ? name.length : Buffer.byteLength(name)
      if (typeof value === 'string') {
        bytes += ascii ? value.length : Buffer.byteLength(value)
        strings += `${strings === '' ? '' : ','}${quoted.of(name)}:${JSON.stringify(value)}`
      } else if (typeof value === 'number') {
        const text = JSON.stringify(value)
        bytes += text.length
        numbers += `${numbers === '' ? '' : ','}${quoted.of(name)}:${text}`
      } else {
        bytes += value ? 4 : 5
        bools += `${bools === '' ? '' : ','}${quoted.of(name)}:${value}`
      }
    })
  if (log.shared !== undefined) {
    const common = shared.of(log.shared)
    bytes += common.bytes
    strings = joined(strings, common.strings)
    numbers = joined(numbers, common.numbers)
    bools = joined(bools, common.bools)
  }
  line.add(ms, bytes)
  const service = quoted.of(log.service || UNKNOWN_SERVICE)
  const level = quoted.of(storedLevel(log.level))
  const ids = `${quotedId(log.traceId)},${quotedId(log.spanId)}`
  const time = nanosecondsText(ms, at?.ns ?? 0)
  return `${time},${service},${level},${JSON.stringify(log.message)},${ids},{${strings}},{${numbers}},{${bools}}`
}

const HEX = /^[0-9a-fA-F]{16}(?:[0-9a-fA-F]{16})?$/

/**
 * JSON text of a trace or span id. Those of 16 or 32 hexadecimal digits are kept in lower case, as W3C's trace context
 * writes them; most come so, and need no closer look.
 */
function quotedId(id: string | null | undefined): string {
  if (id == null) return '""'
  const text = JSON.stringify(id)
  const lower = text.toLowerCase()
  return lower !== text && HEX.test(id) ? lower : text
}

function joined(own: string, shared: string): string {
  return own === '' ? shared : shared === '' ? own : `${own},${shared}`
}
