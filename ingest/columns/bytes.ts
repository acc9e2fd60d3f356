/** Bytes that grow at their end. */
export class Bytes {
  #buffer: Buffer<ArrayBuffer>
  #length = 0

  /** @param room Bytes that fit before it has to grow. */
  constructor(room = 1024) {
    this.#buffer = Buffer.allocUnsafeSlow(room)
  }

  get length(): number {
    return this.#length
  }

  /** Appends a text whose characters are bytes (U+0000 to U+00FF). */
  latin1(text: string): void {
    this.#reserve(text.length)
    this.#length += this.#buffer.write(text, this.#length, 'latin1')
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#buffer.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** What has been appended; of this object's memory, so only until the next is. */
  view(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }

  /** What has been appended, with memory of its own: nothing may be appended any more. */
  owned(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer.buffer, 0, this.#length)
  }

  #reserve(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2))
    larger.set(this.view())
    this.#buffer = larger
  }
}
