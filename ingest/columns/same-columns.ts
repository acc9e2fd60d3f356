import { Bytes } from './bytes.js'
import type { Column } from './column.js'
import { encodedText } from './text-column.js'

/** A column whose rows say the same for long: what a batch's rows all say. */
class RunsColumn implements Column {
  readonly #bytes = new Bytes()

  constructor(readonly type: string) {}

  /** Adds a value, as it stands in the format, so many times. */
  repeat(value: Uint8Array, times: number): void {
    if (times === 0) return
    const run = Buffer.allocUnsafe(value.length * times)
    run.fill(value)
    this.#bytes.append(run)
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

/** Texts that come again row by row. */
export class SameTextColumn extends RunsColumn {
  constructor() {
    super('String')
  }

  add(text: string, times: number): void {
    this.repeat(Buffer.from(encodedText(text).encoded, 'latin1'), times)
  }
}

/** UUIDs that come again row by row. */
export class SameUuidColumn extends RunsColumn {
  constructor() {
    super('UUID')
  }

  /** @throws RangeError when the text is no UUID. */
  add(uuid: string, times: number): void {
    if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uuid)) throw new RangeError(`${uuid} is no UUID.`)
    const bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex')
    // Two numbers of 64 bits, the upper first, each little-endian.
    bytes.subarray(0, 8).reverse()
    bytes.subarray(8).reverse()
    this.repeat(bytes, times)
  }
}
