/** A literal that cannot be read; `offset` counts from the start of the literal. */
export class LiteralError extends Error {
  override readonly name = 'LiteralError'
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message)
  }
}

const SIMPLE: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
  ['\\', 92],
  ['"', 34],
])

const ESCAPE = /\\(?:x([0-9A-Fa-f]{2})|([0-7]{3})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([abfnrtv\\"]))/y

/**
 * The value of a string literal as Go writes them, which is how LogQL does (https://go.dev/ref/spec#String_literals):
 * in backticks as it stands, without carriage returns; in double quotes with escapes, of which `\xhh` and `\ooo` are
 * bytes of UTF-8. Throws a LiteralError.
 */
export function readStringLiteral(literal: string): string {
  if (literal.startsWith('`')) return literal.slice(1, -1).replaceAll('\r', '')
  if (literal.length < 2 || !literal.endsWith('"')) throw new LiteralError('a string that is never closed', 0)
  const end = literal.length - 1
  if (!literal.includes('\\')) return literal.slice(1, end)
  const bytes: Uint8Array[] = []
  for (let at = 1; at < end; ) {
    const next = literal.indexOf('\\', at)
    const until = next === -1 ? end : next
    bytes.push(Buffer.from(literal.slice(at, until)))
    at = until
    if (at < end) {
      const [length, value] = readEscape(literal, at)
      bytes.push(value)
      at += length
    }
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(bytes))
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new LiteralError('a string whose escapes make no valid UTF-8', 0)
  }
}

function readEscape(literal: string, at: number): [length: number, value: Uint8Array] {
  ESCAPE.lastIndex = at
  const match = ESCAPE.exec(literal)
  const shown = literal.slice(at, at + 2)
  if (match === null) throw new LiteralError(`${shown} is no escape; expected \\\\ for a backslash, or backticks`, at)
  const [whole, hex, octal, short, long, simple] = match
  if (simple !== undefined) return [2, Uint8Array.of(SIMPLE.get(simple) ?? 0)]
  const code = hex ?? short ?? long
  const point = code === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(code, 16)
  if (hex !== undefined || octal !== undefined) {
    if (point > 255) throw new LiteralError(`${whole} is more than one byte; expected at most \\377`, at)
    return [whole.length, Uint8Array.of(point)]
  }
  if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
    throw new LiteralError(`${whole} is no character`, at)
  }
  return [whole.length, Buffer.from(String.fromCodePoint(point))]
}

/** A literal in double quotes that reads back as the value. */
export function writeStringLiteral(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
  const escaped = value.replace(/[\\"\u0000-\u001f\u007f\u2028\u2029]/g, (char) => {
    if (char === '\\' || char === '"') return `\\${char}`
    if (char === '\n') return '\\n'
    if (char === '\t') return '\\t'
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
  return `"${escaped}"`
}
