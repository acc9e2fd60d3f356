import { Bytes } from './bytes.js'
import type { Column } from './column.js'

/** UUIDs that come again row by row: what a batch's rows all say. */
export class SameUuidColumn implements Column {
  readonly type = 'UUID'
  readonly #bytes = new Bytes()

  /**
   * Adds a UUID so many times.
   *
   * @throws RangeError when the text is no UUID.
   */
  add(uuid: string, times: number): void {
    if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uuid)) throw new RangeError(`${uuid} is no UUID.`)
    if (times === 0) return
    const bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex')
    // Two numbers of 64 bits, the upper first, each little-endian.
    bytes.subarray(0, 8).reverse()
    bytes.subarray(8).reverse()
    this.#bytes.append(Buffer.allocUnsafe(bytes.length * times).fill(bytes))
  }

  get size(): number {
    return this.#bytes.length
  }

  writeTo(bytes: Bytes): void {
    bytes.append(this.#bytes.view())
  }

  release(): void {
    this.#bytes.release()
  }
}
