import type { LogRecord } from '../../schema/domain/telemetry.js'

/** How records are written, and what a last line looks like that says why an export is not whole. */
export interface ExportFormat {
  readonly contentType: string
  readonly extension: string
  /** Before the first record. */
  readonly head: string
  line(record: LogRecord): string
  /** @param after The cursor to go on with; null when nothing was written. */
  cut(code: string, message: string, after: string | null): string
}

/** JSON Lines (https://jsonlines.org): an object a line. The last line of an export that was cut has the key `error`. */
export const JSON_LINES: ExportFormat = {
  contentType: 'application/x-ndjson; charset=utf-8',
  extension: 'jsonl',
  head: '',
  line: ({ id, at, service, level, message, traceId, spanId, attributes }) =>
    `${JSON.stringify({ id, at, service, level, message, traceId, spanId, attributes })}\n`,
  cut: (code, message, after) => `${JSON.stringify({ error: { code, message, after } })}\n`,
}

const COLUMNS = ['at', 'service', 'level', 'message', 'trace_id', 'span_id', 'attributes', 'id'] as const

/**
 * CSV after RFC 4180, with a line of names. The last line of an export that was cut begins with `#error`.
 *
 * @param formulas `escape` puts an apostrophe before a cell that a spreadsheet would take for a formula: a log is
 * written by whoever can make a service log something. `keep` leaves every cell as it is.
 */
export function commaSeparated(formulas: 'escape' | 'keep'): ExportFormat {
  const cell = (text: string) => quoted(formulas === 'escape' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text)
  return {
    contentType: 'text/csv; charset=utf-8; header=present',
    extension: 'csv',
    head: `${COLUMNS.join(',')}\r\n`,
    line: ({ id, at, service, level, message, traceId, spanId, attributes }) =>
      `${[at, service, level, message, traceId ?? '', spanId ?? '', JSON.stringify(attributes), id].map(cell).join(',')}\r\n`,
    cut: (code, message, after) => `${['#error', code, message, after ?? ''].map(quoted).join(',')}\r\n`,
  }
}

/** A cell in quotes where it needs them. */
const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
