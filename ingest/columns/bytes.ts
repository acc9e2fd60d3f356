import { giveMemory, takeMemory } from './memory.js'

/** Bytes that grow at their end. */
export class Bytes {
  #buffer: Buffer<ArrayBuffer>
  #length = 0

  /** @param room Bytes that fit before it has to grow. */
  constructor(room = 0) {
    this.#buffer = Buffer.from(takeMemory(room))
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

  /** What has been appended, and its memory with it: nothing may be appended any more. */
  owned(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer.buffer, 0, this.#length)
  }

  /** Gives the memory back; nothing stands here any more. */
  release(): void {
    giveMemory(this.#buffer.buffer)
    this.#buffer = Buffer.alloc(0)
    this.#length = 0
  }

  #reserve(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#buffer.length) return
    const larger = Buffer.from(takeMemory(needed))
    larger.set(this.view())
    giveMemory(this.#buffer.buffer)
    this.#buffer = larger
  }
}
