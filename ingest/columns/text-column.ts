import { Bytes } from './bytes.js'
import type { Column } from './column.js'
import { varint } from './varint.js'

/** Characters that wait before they are made bytes. More at once gain nothing, and would have to be kept by the collector. */
const AT_ONCE = 32 * 1024

/**
 * Texts in UTF-8, each behind its length. They are gathered as one string whose characters are bytes, and written at
 * once: V8 joins short strings and copies long ones faster than it can be asked to write each.
 */
export class TextColumn implements Column {
  readonly type = 'String'
  readonly #bytes = new Bytes()
  #waiting = ''

  /**
   * Adds a text; surrogates that stand alone become U+FFFD, as always in UTF-8.
   *
   * @param ascii Whether it is surely ASCII: to find out takes longer than to write it.
   * @returns Its length in bytes.
   */
  add(text: string, ascii: boolean): number {
    const length = ascii ? text.length : Buffer.byteLength(text)
    this.encoded(encode(text, length))
    return length
  }

  /** Adds texts that `encodedText` has made. */
  encoded(texts: string): void {
    this.#waiting += texts
    if (this.#waiting.length > AT_ONCE) this.#settle()
  }

  get size(): number {
    this.#settle()
    return this.#bytes.length
  }

  writeTo(bytes: Bytes): void {
    this.#settle()
    bytes.append(this.#bytes.view())
  }

  release(): void {
    this.#waiting = ''
    this.#bytes.release()
  }

  #settle(): void {
    this.#bytes.latin1(this.#waiting)
    this.#waiting = ''
  }
}

/** A text for `TextColumn.encoded`, and its length in bytes. */
export function encodedText(text: string): { readonly encoded: string; readonly bytes: number } {
  const bytes = Buffer.byteLength(text)
  return { encoded: encode(text, bytes), bytes }
}

/** A text's length and its UTF-8, each byte a character. As many bytes as characters are ASCII. */
function encode(text: string, bytes: number): string {
  return varint(bytes) + (bytes === text.length ? text : Buffer.from(text, 'utf8').toString('latin1'))
}
