import type { Bytes } from './bytes.js'
import type { Column } from './column.js'
import { giveMemory, takeMemory } from './memory.js'

type Cells = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>

/** Numbers of a fixed width, little-endian as this machine's are. */
abstract class NumberColumn<Of extends Cells> implements Column {
  protected count = 0
  protected cells: Of
  abstract readonly type: string

  /** @param view Shows memory as cells. */
  protected constructor(private readonly view: (memory: ArrayBuffer) => Of) {
    this.cells = view(takeMemory(0))
  }

  get size(): number {
    return this.count * this.cells.BYTES_PER_ELEMENT
  }

  writeTo(bytes: Bytes): void {
    bytes.append(new Uint8Array(this.cells.buffer, 0, this.size))
  }

  release(): void {
    giveMemory(this.cells.buffer)
    this.cells = this.view(new ArrayBuffer(0))
    this.count = 0
  }

  /** Makes room for so many more. */
  protected reserve(more: number): void {
    if (this.count + more <= this.cells.length) return
    const larger = this.view(takeMemory((this.count + more) * this.cells.BYTES_PER_ELEMENT))
    larger.set(this.cells)
    giveMemory(this.cells.buffer)
    this.cells = larger
  }

  protected put(value: number): void {
    this.reserve(1)
    this.cells[this.count++] = value
  }
}

/** Booleans. */
export class BoolColumn extends NumberColumn<Uint8Array<ArrayBuffer>> {
  readonly type = 'Bool'

  constructor() {
    super((memory) => new Uint8Array(memory))
  }

  add(value: boolean): void {
    this.put(value ? 1 : 0)
  }
}

/** Whole numbers below 2^16. */
export class UInt16Column extends NumberColumn<Uint16Array<ArrayBuffer>> {
  readonly type = 'UInt16'

  constructor() {
    super((memory) => new Uint16Array(memory))
  }

  add(value: number): void {
    this.put(value)
  }
}

/** Whole numbers below 2^32. */
export class UInt32Column extends NumberColumn<Uint32Array<ArrayBuffer>> {
  readonly type = 'UInt32'

  constructor() {
    super((memory) => new Uint32Array(memory))
  }

  add(value: number): void {
    this.put(value)
  }

  /** Adds a value so many times. */
  repeat(value: number, times: number): void {
    this.reserve(times)
    this.cells.fill(value, this.count, this.count + times)
    this.count += times
  }

  /** What has been added; of this object's memory, so only until the next is. */
  get values(): Uint32Array<ArrayBuffer> {
    return this.cells.subarray(0, this.count)
  }
}

/** Floating-point numbers. Zero has no sign, as in the JSON that they came in and go out in. */
export class Float64Column extends NumberColumn<Float64Array<ArrayBuffer>> {
  readonly type = 'Float64'

  constructor() {
    super((memory) => new Float64Array(memory))
  }

  add(value: number): void {
    this.put(value + 0)
  }
}

const HALF = 2 ** 32

/** Numbers of 64 bits, of which each is put as its lower and its upper half. */
abstract class HalvesColumn extends NumberColumn<Uint32Array<ArrayBuffer>> {
  constructor() {
    super((memory) => new Uint32Array(memory))
  }

  protected putHalves(low: number, high: number): void {
    this.reserve(2)
    this.cells[this.count++] = low
    this.cells[this.count++] = high
  }
}

/** Whole numbers from 0 to 2^53. */
abstract class WholeColumn extends HalvesColumn {
  add(value: number): void {
    this.putHalves(value % HALF, Math.floor(value / HALF))
  }
}

/** Whole numbers from 0 to 2^53. */
export class UInt64Column extends WholeColumn {
  readonly type = 'UInt64'
}

/** Times in whole milliseconds since the Unix epoch, not before it. */
export class MillisecondsColumn extends WholeColumn {
  readonly type = "DateTime64(3, 'UTC')"
}

/** Times to the nanosecond, from the Unix epoch to 2262. */
export class NanosecondsColumn extends HalvesColumn {
  readonly type = "DateTime64(9, 'UTC')"

  /**
   * @param ms Whole milliseconds since the Unix epoch.
   * @param ns Of nanoseconds after them, 0 to 999,999.
   */
  add(ms: number, ns: number): void {
    // The product has up to 63 bits, and numbers are exact to 53: so it is made of two, in units of 2^16 and of one.
    const upper = Math.floor(ms / 65_536) * 1_000_000
    const lower = (ms % 65_536) * 1_000_000 + ns + (upper % 65_536) * 65_536
    this.putHalves(lower % HALF, Math.floor(upper / 65_536) + Math.floor(lower / HALF))
  }
}
