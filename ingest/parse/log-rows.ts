import type { FlushLine } from '../../schema/ports/flushes.js'
import { flattenAttributes } from './attributes.js'
import { type ParsedBatch, readClaimed } from './batch.js'
import { FLUSH_ID_PLACEHOLDER } from './flush-id.js'
import { FlushLines, type OpenLine } from './flush-lines.js'
import { storedLevel } from './level.js'
import { STORABLE_TIMES } from './limits.js'
import { type NativeLog, readNativeLogs } from './native-logs.js'
import { nanosecondsText, readTimestamp } from './timestamp.js'

/** Rows of some batches, in their order, and what they add to a flush. */
export interface LogRows {
  /** Rows for `LogWriter.insert`, once `stampFlushId` has written the flush's id into them. */
  readonly rows: Uint8Array<ArrayBuffer>
  readonly lines: readonly FlushLine[]
}

/** The service of a log that names none. */
export const UNKNOWN_SERVICE = 'unknown'

/**
 * Rows of batches of native logs: the same batches give the same bytes, whenever and wherever they are made.
 *
 * Usage counts, as `bytes` of a log, the UTF-8 length of its message and of the names and values of its stored
 * attributes, numbers and booleans as their JSON text.
 *
 * @throws PoisonBatchError naming the first batch that cannot be read.
 */
export function toLogRows(batches: readonly ParsedBatch[]): LogRows {
  const lines = new FlushLines()
  const chunks = batches.map((batch) => batchRows(batch, lines.of(batch.orgId, batch.acceptedAt)))
  const rows = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0))
  let at = 0
  for (const chunk of chunks) {
    rows.set(chunk, at)
    at += chunk.byteLength
  }
  return { rows, lines: lines.closed() }
}

function batchRows(batch: ParsedBatch, line: OpenLine): Uint8Array {
  return readClaimed(batch, (value, ascii) => {
    const { items } = readNativeLogs(value, STORABLE_TIMES)
    const head = `[${FLUSH_ID_PLACEHOLDER},${JSON.stringify(batch.orgId)},`
    const name = `,${JSON.stringify(batch.batchId)},`
    const tail = `,${Math.floor(batch.acceptedAt)}]\n`
    const quoted = new QuotedNames()
    let all = ''
    for (const [item, log] of items.entries())
      all += head + logCells(log, batch, line, ascii, quoted) + name + item + tail
    // What is ASCII (ids are) has no surrogates, and is written in a third of the time.
    return ascii ? Buffer.from(all, 'latin1') : Buffer.from(wellFormed(all))
  })
}

/** Cells from the time to the attributes; adds the log to the line. */
function logCells(log: NativeLog, batch: ParsedBatch, line: OpenLine, ascii: boolean, quoted: QuotedNames): string {
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

/** JSON texts of names that come again and again. */
class QuotedNames {
  readonly #known = new Map<string, string>()

  of(name: string): string {
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const text = JSON.stringify(name)
    if (this.#known.size < 1_000) this.#known.set(name, text)
    return text
  }
}

/** JSON.stringify writes lone surrogates, and only those, as escapes; ClickHouse refuses the row for one. */
const LONE_SURROGATE = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g

function wellFormed(text: string): string {
  return text.includes('\\ud') ? text.replace(LONE_SURROGATE, '$1\ufffd') : text
}
