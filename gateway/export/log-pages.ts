import type { LogPage, LogReader } from '../../schema/ports/telemetry.js'
import { EXPORT_BOUNDS, FIRST_SPAN_MS } from './bounds.js'

/** Which records, in which order. */
export interface ExportedRange {
  readonly selector: string
  /** Unix ms. */
  readonly from: number
  readonly to: number
  readonly order: 'ASC' | 'DESC'
  /** Cursor of the last record of an earlier export; null for none. */
  readonly after: string | null
}

/**
 * All records of a range, a page at a time. The range is walked in spans, longer where there is little and shorter where
 * there is much: a page of the whole range would make ClickHouse look through all of it each time, and 5 million records
 * are a thousand pages.
 */
export async function* logPages(
  search: LogReader['search'],
  { selector, from, to, order, after }: ExportedRange,
): AsyncGenerator<LogPage['records']> {
  const first = EXPORT_BOUNDS.page
  let width = FIRST_SPAN_MS
  let cursor = after
  for (let done = 0; done < to - from; ) {
    const length = Math.min(width, to - from - done)
    const low = order === 'ASC' ? from + done : to - done - length
    let found = 0
    for (let hasNextPage = true; hasNextPage; ) {
      const page = await search({ selector, from: low, to: low + length, first, after: cursor, order })
      if (page.records.length > 0) yield page.records
      found += page.records.length
      cursor = page.records.at(-1)?.cursor ?? cursor
      hasNextPage = page.hasNextPage
    }
    done += length
    width = nextWidth(width, found)
  }
}

function nextWidth(width: number, found: number): number {
  const { page } = EXPORT_BOUNDS
  if (found === 0) return width * 8
  if (found < page) return width * 2
  return found > 4 * page ? Math.max(1, Math.floor(width / 4)) : width
}
