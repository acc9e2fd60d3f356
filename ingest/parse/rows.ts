import { DEFAULT_RETENTION } from '../../schema/domain/retention.js'
import type { FlushLine } from '../../schema/ports/flushes.js'
import type { ParsedBatch } from './batch.js'
import { FLUSH_ID_PLACEHOLDER } from './flush-id.js'
import { FlushLines, type OpenLine } from './flush-lines.js'
import { wellFormed } from './quoted-names.js'

/** Rows of some batches, in their order, and what they add to a flush. */
export interface Rows {
  /** Rows for a `RowWriter`, once `stampFlushId` has written the flush's id into them. */
  readonly rows: Uint8Array<ArrayBuffer>
  readonly lines: readonly FlushLine[]
}

/** Cells of one item, from the one after the org to the one before the batch; adds the item to the line. */
export type WriteCells<Item> = (item: Item, batch: ParsedBatch, line: OpenLine, ascii: boolean) => string

/** The items of a batch. */
export interface BatchItems<Item> {
  readonly items: Iterable<Item>
  /** Whether their rows will surely be ASCII, which is written in a third of the time. */
  readonly ascii: boolean
}

/** For how many days an org's rows are kept: each row carries it. */
export type DaysOf = (orgId: string) => number

/** What holds where nothing is said. */
export const standardDays: DaysOf = () => DEFAULT_RETENTION.logs

/** What ends the rows of a batch. */
export function rowTail({ acceptedAt, orgId }: ParsedBatch, daysOf: DaysOf): string {
  return `,${Math.floor(acceptedAt)},${daysOf(orgId)}]\n`
}

/** Rows past this are made of several batches no more: the flush is halved. */
export const MAX_ROWS_BYTES = 96 * 1024 * 1024

/** Some batches make more rows than one flush holds; fewer of them will do. */
export class FlushTooLargeError extends Error {
  override readonly name = 'FlushTooLargeError'
}

/**
 * Rows of batches: flush, org, the item's cells, batch, position, time of acceptance, days of retention.
 *
 * @param read The items of a batch; what it throws is the batch's fault.
 */
export function rowsOf<Item>(
  batches: readonly ParsedBatch[],
  daysOf: DaysOf,
  read: (batch: ParsedBatch) => BatchItems<Item>,
  write: WriteCells<Item>,
): Rows {
  const lines = new FlushLines()
  const chunks: Buffer[] = []
  let size = 0
  for (const batch of batches) {
    const line = lines.of(batch.orgId, batch.acceptedAt)
    const head = `[${FLUSH_ID_PLACEHOLDER},${JSON.stringify(batch.orgId)},`
    const name = `,${JSON.stringify(batch.batchId)},`
    const tail = rowTail(batch, daysOf)
    let number = 0
    let all = ''
    const { items, ascii } = read(batch)
    for (const item of items) {
      all += head + write(item, batch, line, ascii) + name + number++ + tail
      if (all.length > 4 * 1024 * 1024) all = keep(all, ascii)
    }
    keep(all, ascii)
    if (size > MAX_ROWS_BYTES && batches.length > 1)
      throw new FlushTooLargeError(`${batches.length} batches make more than ${MAX_ROWS_BYTES} bytes of rows.`)
  }
  return { rows: joined(chunks, size), lines: lines.closed() }

  function keep(text: string, ascii: boolean): '' {
    const chunk = ascii ? Buffer.from(text, 'latin1') : Buffer.from(wellFormed(text))
    chunks.push(chunk)
    size += chunk.byteLength
    return ''
  }
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const rows = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    rows.set(chunk, at)
    at += chunk.byteLength
  }
  return rows
}
