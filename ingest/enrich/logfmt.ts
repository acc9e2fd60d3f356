import { BATCH_LIMITS } from '../parse/limits.js'
import { FlatFields } from './flatten.js'

const PAIR = /([A-Za-z_@][\w.@/-]*)=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))(?:\s+|$)/y
const ESCAPED = /\\(.)/g
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/

/**
 * Fields of a line of logfmt: nothing but `name=value` and `name="quoted value"`, at least two. Numbers and booleans are
 * read as such. Null for other lines: prose with a `name=value` inside is prose.
 */
export function readLogfmt(line: string): Readonly<Record<string, unknown>> | null {
  // Prose has a space before its first equals sign.
  const equals = line.indexOf('=')
  if (equals < 1 || equals > BATCH_LIMITS.attributeNameLength) return null
  const space = line.indexOf(' ')
  if (space === -1 || space < equals) return null
  const fields = new FlatFields()
  PAIR.lastIndex = 0
  let pairs = 0
  while (PAIR.lastIndex < line.length) {
    const match = PAIR.exec(line)
    if (match === null) return null
    const [, name = '', quoted, bare = ''] = match
    pairs++
    if (name.length <= BATCH_LIMITS.attributeNameLength)
      fields.add(name, quoted === undefined ? readBare(bare) : quoted.replaceAll(ESCAPED, unescaped))
  }
  return pairs < 2 ? null : fields.object
}

function readBare(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  return NUMBER.test(text) ? Number(text) : text
}

function unescaped(_: string, mark: string): string {
  return mark === 'n' ? '\n' : mark === 't' ? '\t' : mark === 'r' ? '\r' : mark
}
