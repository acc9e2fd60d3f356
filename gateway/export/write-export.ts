import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createGzip } from 'node:zlib'
import type { LogPage } from '../../schema/ports/telemetry.js'
import { EXPORT_BOUNDS } from './bounds.js'
import type { ExportFormat } from './formats.js'

/** Says at the end of a whole export how many records it holds. */
export const RECORDS_TRAILER = 'x-tocsin-records'

/** Why an export is not whole. */
export interface Cut {
  readonly code: string
  readonly message: string
}

/**
 * Writes pages to an answer whose head is sent, as fast as its reader takes them. A whole export ends as HTTP ends an
 * answer, with `RECORDS_TRAILER` where there can be one. One that is cut has a last line that says why, and the connection breaks:
 * no reader takes it for a whole one.
 *
 * @param cutBy What an error of a page means for the reader.
 */
export async function writeExport(
  raw: ServerResponse,
  pages: AsyncIterable<LogPage['records']>,
  options: {
    readonly format: ExportFormat
    readonly gzip: boolean
    readonly gone: AbortSignal
    readonly cutBy: (error: unknown) => Cut
    readonly trailer: boolean
    readonly bounds?: { readonly records: number; readonly bytes: number }
  },
): Promise<void> {
  const { format, gone, cutBy, bounds = EXPORT_BOUNDS } = options
  const out = options.gzip ? createGzip({ level: 1 }) : raw
  if (out !== raw) out.pipe(raw, { end: false })
  let [records, bytes] = [0, 0]
  let after: string | null = null
  let cut: Cut | null = null

  async function write(text: string): Promise<void> {
    const chunk = Buffer.from(text)
    bytes += chunk.length
    if (chunk.length > 0 && !out.write(chunk)) await once(out, 'drain', { signal: gone })
  }

  try {
    await write(format.head)
    for await (const page of pages) {
      const left = bounds.records - records
      const taken = page.slice(0, left)
      await write(taken.map(({ record }) => format.line(record)).join(''))
      records += taken.length
      after = taken.at(-1)?.cursor ?? after
      if (taken.length < page.length || bytes > bounds.bytes) {
        cut = tooLarge(bounds)
        break
      }
    }
  } catch (error) {
    if (gone.aborted) return void raw.destroy()
    cut = cutBy(error)
  }
  if (cut !== null) out.write(format.cut(cut.code, cut.message, after))
  if (out !== raw) {
    out.end()
    await once(out, 'end', { signal: gone }).catch(() => undefined)
  }
  // The connection ends once all is on its way, without the end that HTTP gives an answer.
  if (cut !== null) raw.socket?.destroySoon()
  else {
    if (options.trailer) raw.addTrailers({ [RECORDS_TRAILER]: String(records) })
    raw.end()
  }
}

function tooLarge({ records, bytes }: { readonly records: number; readonly bytes: number }): Cut {
  const most = `${records.toLocaleString('en-US')} records or ${bytes.toLocaleString('en-US')} bytes`
  return { code: 'TOO_BROAD', message: `An export holds at most ${most}; go on with another, from \`after\`.` }
}
