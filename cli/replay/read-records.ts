import type { LogFormat, ReplayRecord } from './record.js'

/** A record may go on over this many lines; what comes after is cut, so that a file of another format ends. */
const MAX_LINES = 1_000

/** What was passed over. */
export interface Skipped {
  lines: number
}

/** Records of a file's lines; lines that belong to none are counted. */
export async function* readRecords(
  lines: AsyncIterable<string> | Iterable<string>,
  format: LogFormat,
  skipped: Skipped,
): AsyncGenerator<ReplayRecord> {
  let first: string | null = null
  let more: string[] = []
  const ended = (): ReplayRecord | null => {
    if (first === null) return null
    const record = format.read(first, more)
    if (record === null) skipped.lines += 1 + more.filter((line) => line.trim() !== '').length
    return record
  }
  for await (const line of lines) {
    if (line === '' && first === null) continue
    if (format.begins(line)) {
      const record = ended()
      first = line
      more = []
      if (record !== null) yield record
    } else if (first === null || more.length >= MAX_LINES) skipped.lines++
    else more.push(line)
  }
  const record = ended()
  if (record !== null) yield record
}
