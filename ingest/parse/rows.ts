import { DEFAULT_RETENTION } from '../../schema/domain/retention.js'
import type { FlushLine } from '../../schema/ports/flushes.js'
import {
  type Column,
  DictionaryColumn,
  MillisecondsColumn,
  nativeBlock,
  SameUuidColumn,
  UInt16Column,
  UInt32Column,
} from '../columns/index.js'
import type { ParsedBatch } from './batch.js'
import { FlushLines, type OpenLine } from './flush-lines.js'

/** Rows of some batches, in their order, and what they add to a flush. */
export interface Rows {
  /** Rows for a `RowWriter`, once `stampFlushId` has written the flush's id into them. */
  readonly rows: Uint8Array<ArrayBuffer>
  readonly lines: readonly FlushLine[]
}

/** The items of a batch. */
export interface BatchItems<Item> {
  readonly items: Iterable<Item>
  /** Whether all their texts are surely ASCII, enriched as they will be: that is written in a third of the time. */
  readonly ascii: boolean
}

/** For how many days an org's rows are kept: each row carries it. */
export type DaysOf = (orgId: string) => number

/** What holds where nothing is said. */
export const standardDays: DaysOf = () => DEFAULT_RETENTION.logs

/** Rows past this are made of several batches no more: the flush is halved. */
export const MAX_ROWS_BYTES = 96 * 1024 * 1024

/** Some batches make more rows than one flush holds; fewer of them will do. */
export class FlushTooLargeError extends Error {
  override readonly name = 'FlushTooLargeError'
}

/** What makes rows of one signal. */
export interface RowMaker<Item> {
  /** The signal's own columns; those of the flush, the batch and the org stand beside them. */
  readonly columns: Readonly<Record<string, Column>>
  /** The items of a batch; what it throws is the batch's fault. */
  read(batch: ParsedBatch): BatchItems<Item>
  /** Adds an item to each of the columns, and to the line. */
  write(item: Item, batch: ParsedBatch, line: OpenLine, ascii: boolean): void
}

/** Rows of batches: one block of columns, in the order of the batches and their items. */
export function rowsOf<Item>(
  batches: readonly ParsedBatch[],
  daysOf: DaysOf,
  { columns, read, write }: RowMaker<Item>,
): Rows {
  const lines = new FlushLines()
  const origin = {
    org_id: new DictionaryColumn(),
    batch_id: new SameUuidColumn(),
    item: new UInt32Column(),
    accepted_at: new MillisecondsColumn(),
    retention_days: new UInt16Column(),
  }
  const all = { ...origin, ...columns }
  let rows = 0
  for (const batch of batches) {
    const line = lines.of(batch.orgId, batch.acceptedAt)
    const acceptedAt = Math.floor(batch.acceptedAt)
    const days = daysOf(batch.orgId)
    const { items, ascii } = read(batch)
    let number = 0
    for (const item of items) {
      write(item, batch, line, ascii)
      origin.item.add(number++)
      origin.accepted_at.add(acceptedAt)
      origin.retention_days.add(days)
    }
    origin.org_id.repeat(batch.orgId, number)
    origin.batch_id.add(batch.batchId, number)
    rows += number
    if (batches.length > 1 && sizeOf(all) > MAX_ROWS_BYTES)
      throw new FlushTooLargeError(`${batches.length} batches make more than ${MAX_ROWS_BYTES} bytes of rows.`)
  }
  return { rows: nativeBlock(all, rows), lines: lines.closed() }
}

function sizeOf(columns: Readonly<Record<string, Column>>): number {
  let size = 0
  for (const name in columns) size += columns[name]?.size ?? 0
  return size
}
