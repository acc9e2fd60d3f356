/** A value of a block, as JavaScript has it: 64-bit numbers and times as bigint, lists as arrays, maps as pairs. */
export type NativeValue = string | number | bigint | boolean | NativeValue[] | [string, NativeValue][]

/** Rows of one block of ClickHouse's Native format, read without anything that writes it. */
export function readNativeBlock(bytes: Uint8Array): Record<string, NativeValue>[] {
  if (bytes.length === 0) return []
  const reader = new Reader(Buffer.from(bytes))
  const columns = reader.varint()
  const rows = reader.varint()
  const read: [string, NativeValue[]][] = []
  for (let i = 0; i < columns; i++) {
    const name = reader.text()
    const type = reader.text()
    reader.heads(type)
    read.push([name, reader.values(type, rows)])
  }
  if (reader.rest !== 0) throw new Error(`${reader.rest} bytes behind the block.`)
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(read.map(([name, values]) => [name, values[row] ?? ''])),
  )
}

class Reader {
  #at = 0

  constructor(private readonly bytes: Buffer) {}

  get rest(): number {
    return this.bytes.length - this.#at
  }

  varint(): number {
    let value = 0
    for (let unit = 1; ; unit *= 128) {
      const byte = this.bytes.readUInt8(this.#take(1))
      value += (byte & 127) * unit
      if (byte < 128) return value
    }
  }

  text(): string {
    const length = this.varint()
    const at = this.#take(length)
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.bytes.subarray(at, at + length))
  }

  /** What stands before all values of a column: the version of each dictionary in it. */
  heads(type: string): void {
    for (const _ of type.matchAll(/LowCardinality\(/g)) {
      const version = this.#whole()
      if (version !== 1) throw new Error(`A dictionary is of version ${version}.`)
    }
  }

  values(type: string, count: number): NativeValue[] {
    if (type === 'LowCardinality(String)') return this.#dictionary(count)
    const nested = /^(Array|Map)\((.*)\)$/.exec(type)
    if (nested === null) return Array.from({ length: count }, () => this.#value(type))
    const ends = Array.from({ length: count }, () => this.#whole())
    const all = ends.at(-1) ?? 0
    const inner = nested[2] ?? ''
    const [keys = '', ...rest] = inner.split(', ')
    const names = nested[1] === 'Map' ? this.values(keys, all) : null
    const values = this.values(names === null ? inner : rest.join(', '), all)
    const elements = names === null ? values : names.map((name, i): NativeValue => [String(name), values[i] ?? ''])
    return ends.map((end, i) => elements.slice(ends[i - 1] ?? 0, end))
  }

  /** Texts of which each stands once; nothing at all where there are none. */
  #dictionary(count: number): NativeValue[] {
    if (count === 0) return []
    const form = this.#whole()
    const width = 2 ** (form % 256)
    if (form - (form % 256) !== 0x600) throw new Error(`A dictionary is of form ${form}.`)
    const texts = Array.from({ length: this.#whole() }, () => this.text())
    const rows = this.#whole()
    if (rows !== count) throw new Error(`A dictionary has ${rows} rows of ${count}.`)
    return Array.from({ length: count }, () => {
      const number = this.bytes.readUIntLE(this.#take(width), width)
      const text = texts[number]
      if (text === undefined) throw new Error(`A row refers to text ${number} of ${texts.length}.`)
      return text
    })
  }

  #whole(): number {
    return Number(this.bytes.readBigUInt64LE(this.#take(8)))
  }

  #value(type: string): NativeValue {
    if (type === 'String') return this.text()
    if (type === 'Bool') return this.bytes.readUInt8(this.#take(1)) === 1
    if (type === 'UInt16') return this.bytes.readUInt16LE(this.#take(2))
    if (type === 'UInt32') return this.bytes.readUInt32LE(this.#take(4))
    if (type === 'UInt64') return this.bytes.readBigUInt64LE(this.#take(8))
    if (type === 'Float64') return this.bytes.readDoubleLE(this.#take(8))
    if (type.startsWith('DateTime64(')) return this.bytes.readBigInt64LE(this.#take(8))
    if (type !== 'UUID') throw new Error(`No reader of ${type}.`)
    const halves = [this.bytes.readBigUInt64LE(this.#take(8)), this.bytes.readBigUInt64LE(this.#take(8))]
    const digits = halves.map((half) => half.toString(16).padStart(16, '0')).join('')
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  }

  #take(length: number): number {
    const at = this.#at
    this.#at += length
    return at
  }
}
