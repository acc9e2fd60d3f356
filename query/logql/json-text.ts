import { numberText } from './stored-label.js'

/** JSON as it is written: keys in order and as often as they stand, numbers as text. */
export type JsonValue =
  | { readonly kind: 'object'; readonly entries: readonly (readonly [key: string, value: JsonValue])[] }
  | { readonly kind: 'array'; readonly items: readonly JsonValue[] }
  | { readonly kind: 'string' | 'number' | 'boolean'; readonly text: string }
  | { readonly kind: 'null' }

const MAX_DEPTH = 500
const BLANK = /[ \t\n\r]*/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON allows no control character in a text
const STRING = /"(?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /true|false|null/y

/**
 * Reads JSON the way ClickHouse does, which JSON.parse does not: a key that stands twice is there twice, and whole
 * numbers keep their digits. Null for what is no JSON.
 */
export function readJson(text: string): JsonValue | null {
  const reader = new Reader(text)
  const value = reader.value(0)
  return value !== null && reader.atEnd() ? value : null
}

class Reader {
  private at = 0
  constructor(private readonly text: string) {}

  atEnd(): boolean {
    this.take(BLANK)
    return this.at === this.text.length
  }

  value(depth: number): JsonValue | null {
    this.take(BLANK)
    if (depth > MAX_DEPTH) return null
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth)
      case '[':
        return this.array(depth)
      case '"': {
        const text = this.string()
        return text === null ? null : { kind: 'string', text }
      }
      default:
        return this.scalar()
    }
  }

  private object(depth: number): JsonValue | null {
    const entries: [string, JsonValue][] = []
    this.at++
    if (this.takes('}')) return { kind: 'object', entries }
    do {
      this.take(BLANK)
      const key = this.string()
      if (key === null || !this.takes(':')) return null
      const value = this.value(depth + 1)
      if (value === null) return null
      entries.push([key, value])
    } while (this.takes(','))
    return this.takes('}') ? { kind: 'object', entries } : null
  }

  private array(depth: number): JsonValue | null {
    const items: JsonValue[] = []
    this.at++
    if (this.takes(']')) return { kind: 'array', items }
    do {
      const value = this.value(depth + 1)
      if (value === null) return null
      items.push(value)
    } while (this.takes(','))
    return this.takes(']') ? { kind: 'array', items } : null
  }

  private string(): string | null {
    const literal = this.take(STRING)
    if (literal === '') return null
    const value = String(JSON.parse(literal))
    return /\p{Cs}/u.test(value) ? null : value
  }

  private scalar(): JsonValue | null {
    const word = this.take(WORD)
    if (word !== '') return word === 'null' ? { kind: 'null' } : { kind: 'boolean', text: word }
    const number = this.take(NUMBER)
    const text = number === '' ? null : jsonNumberText(number)
    return text === null ? null : { kind: 'number', text }
  }

  /** What the sticky expression finds here; the empty text when nothing. */
  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0] ?? ''
    this.at += found.length
    return found
  }

  private takes(char: string): boolean {
    this.take(BLANK)
    if (this.text[this.at] !== char) return false
    this.at++
    return true
  }
}

/** A number in its shortest form; whole numbers of 64 bits exactly. Null for one that is too large. */
function jsonNumberText(written: string): string | null {
  if (/^-?\d+$/.test(written)) {
    const whole = BigInt(written)
    if (whole >= -(2n ** 63n) && whole < 2n ** 64n) return String(whole)
  }
  const value = Number(written)
  return Number.isFinite(value) ? numberText(value) : null
}
