/** Texts from about 128 KiB on stand outside of V8's young generation, in memory that is mapped for each of them anew. */
const PIECE_BYTES = 64 * 1024
/** Within which the next item has to end. */
const REACH_BYTES = 64 * 1024
/** In which a batch's head and tail are looked for. */
const END_BYTES = 256

/** A batch's only list, up to the end of the first item's first name. */
const HEAD = /^\s*\{\s*"([a-zA-Z]{1,32})"\s*:\s*\[\s*(\{\s*"[a-zA-Z]{1,32}")/
/** What ends a batch: nothing, or one plain value, stands behind the list. */
const TAIL = /\]\s*(?:,\s*"[a-zA-Z]{1,32}"\s*:\s*(?:"[^"\\]*"|[-+.\w]+)\s*)?\}\s*$/

/** A batch whose text was read piece by piece. */
export interface PiecedJson {
  readonly value: unknown
  /** Characters of the text. */
  readonly length: number
  /** Whether the text has escapes of characters by number. */
  readonly escaped: boolean
}

/**
 * Parses a large batch, `{"list": [{…}, …]}` with at most one further field behind it, without making one text of it:
 * that text alone took 1 of 4 µs a log where a page of memory is dear, and it is the collector's heaviest load.
 *
 * Where to cut is a guess, by how the first item begins; the parser proves it. A piece that is whole items leaves the
 * parser where it would have stood in the whole; a cut inside of an item or a text leaves it open, and it is refused.
 *
 * @param pieceBytes What a piece is to have, at the least.
 * @returns null when the body cannot be cut, or is no JSON: it is to be parsed as a whole, for its faults to be told.
 */
export function parseJsonPieces(body: Buffer, pieceBytes: number = PIECE_BYTES): PiecedJson | null {
  if (body.length < 2 * pieceBytes) return null
  const head = HEAD.exec(body.toString('latin1', 0, END_BYTES))
  const tail = TAIL.exec(body.toString('latin1', body.length - END_BYTES))
  const [start, list, first] = head ?? []
  if (start === undefined || list === undefined || first === undefined || tail === null) return null
  const separators = [`},${first}`, `}, ${first}`].map((text) => Buffer.from(text, 'latin1'))
  const items: unknown[] = []
  let [length, escaped] = [0, false]
  const read = (before: string, from: number, until: number, after: string): unknown => {
    const text = body.toString('utf8', from, until)
    length += text.length
    escaped ||= text.includes('\\u')
    return JSON.parse(before + text + after)
  }
  try {
    let at = start.length - first.length
    length += at
    while (body.length - at > 2 * pieceBytes) {
      const cut = nextCut(body, at + pieceBytes, separators)
      if (cut === -1) return null
      for (const item of read('[', at, cut + 1, ']') as unknown[]) items.push(item)
      // The comma stands between.
      at = cut + 2
      length++
    }
    const rest = read(`{"${list}":[`, at, body.length, '') as Record<string, unknown>
    const last = rest[list]
    if (!Array.isArray(last)) return null
    for (const item of last) items.push(item)
    rest[list] = items
    return { value: rest, length, escaped }
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** Where the next item ends that another follows; -1 where none does within reach. */
function nextCut(body: Buffer, from: number, separators: readonly Buffer[]): number {
  const reach = body.subarray(from, from + REACH_BYTES)
  for (const separator of separators) {
    const found = reach.indexOf(separator)
    if (found !== -1) return from + found
  }
  return -1
}
