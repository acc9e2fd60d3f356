import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readNativeBlock } from '../../test/harness/native-block.js'
import {
  ArrayColumn,
  BoolColumn,
  type Column,
  DictionaryColumn,
  encodedText,
  Float64Column,
  giveMemory,
  MapColumn,
  MillisecondsColumn,
  NanosecondsColumn,
  nativeBlock,
  SameUuidColumn,
  stampFlushId,
  TextColumn,
  UInt16Column,
  UInt32Column,
  UInt64Column,
} from './index.js'

/** What a reader of the format finds in a column of so many rows. */
function read(column: Column, rows: number) {
  return readNativeBlock(nativeBlock({ it: column }, rows)).map(({ it }) => it)
}

describe('texts', () => {
  const texts = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 120, maxLength: 400 })))

  test('come back as UTF-8 has them, and tell their bytes', () => {
    fc.assert(
      fc.property(texts, (all) => {
        const column = new TextColumn()
        for (const text of all) expect(column.add(text, false)).toBe(Buffer.byteLength(text))
        expect(read(column, all.length)).toEqual(all.map((text) => Buffer.from(text).toString()))
      }),
    )
  })

  test('of ASCII are the same whether or not it is known', () => {
    const ascii = fc.array(
      fc.string({ unit: fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code)) }),
    )
    fc.assert(
      fc.property(ascii, (all) => {
        const [known, unknown] = [new TextColumn(), new TextColumn()]
        for (const text of all) expect(known.add(text, true)).toBe(unknown.add(text, false))
        expect(nativeBlock({ it: known }, all.length)).toEqual(nativeBlock({ it: unknown }, all.length))
      }),
    )
  })

  test('may be of any length', () => {
    const lengths = [0, 1, 127, 128, 4_095, 4_096, 16_383, 16_384, 2_097_151, 2_097_152, 3_000_000]
    const column = new TextColumn()
    for (const length of lengths) column.add('x'.repeat(length), true)
    column.add('ü'.repeat(70_000), false)
    expect(read(column, lengths.length + 1).map((text) => String(text).length)).toEqual([...lengths, 70_000])
  })

  test('that are written beforehand are those that are added', () => {
    const column = new TextColumn()
    column.add('süß', false)
    column.encoded(encodedText('süß').encoded)
    column.encoded(encodedText('').encoded)
    expect(encodedText('süß').bytes).toBe(5)
    expect(read(column, 3)).toEqual(['süß', 'süß', ''])
  })
})

describe('numbers', () => {
  test('of 64 bits are exact to 2^53, and times to the nanosecond', () => {
    const instant = fc.tuple(fc.integer({ min: 0, max: 9_223_372_036_853 }), fc.integer({ min: 0, max: 999_999 }))
    fc.assert(
      fc.property(fc.maxSafeNat(), instant, (number, [ms, ns]) => {
        const [whole, at, stamp] = [new UInt64Column(), new NanosecondsColumn(), new MillisecondsColumn()]
        whole.add(number)
        at.add(ms, ns)
        stamp.add(ms)
        expect(read(whole, 1)).toEqual([BigInt(number)])
        expect(read(at, 1)).toEqual([BigInt(ms) * 1_000_000n + BigInt(ns)])
        expect(read(stamp, 1)).toEqual([BigInt(ms)])
      }),
    )
  })

  test('of other widths come back, zero without a sign', () => {
    const [small, large, floats, bools] = [
      new UInt16Column(),
      new UInt32Column(),
      new Float64Column(),
      new BoolColumn(),
    ]
    for (let i = 0; i < 100; i++) {
      small.add(65_535 - i)
      large.add(4_294_967_295 - i)
      floats.add(i === 0 ? -0 : i * 0.1)
      bools.add(i % 3 === 0)
    }
    const all = Array.from({ length: 100 }, (_, i) => i)
    expect(read(small, 100)).toEqual(all.map((i) => 65_535 - i))
    expect(read(large, 100)).toEqual(all.map((i) => 4_294_967_295 - i))
    expect(read(floats, 100)).toEqual(all.map((i) => i * 0.1))
    expect(read(bools, 100)).toEqual(all.map((i) => i % 3 === 0))
  })
})

test('what rows say alike is written for each of them', () => {
  const [text, uuid] = [new DictionaryColumn(), new SameUuidColumn()]
  const ids = ['0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b', 'FFFFFFFF-0000-4000-8000-000000000001']
  for (const [i, id] of ids.entries()) {
    text.repeat(`org_${i}ü`, i + 1)
    uuid.add(id, i + 1)
    text.repeat('nobody', 0)
    uuid.add(id, 0)
  }
  const [first = '', second = ''] = ids.map((id) => id.toLowerCase())
  expect(read(text, 3)).toEqual(['org_0ü', 'org_1ü', 'org_1ü'])
  expect(read(uuid, 3)).toEqual([first, second, second])
  expect(() => uuid.add('org_1', 1)).toThrow('no UUID')
})

describe('dictionaries', () => {
  test('have each text once, and come back as it was added', () => {
    const text = fc.oneof(fc.constantFrom('', 'a', 'ü', '\ud800', 'http.route'), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (all) => {
        const column = new DictionaryColumn()
        for (const one of all) expect(column.add(one)).toBe(Buffer.byteLength(one))
        expect(read(column, all.length)).toEqual(all.map((one) => Buffer.from(one).toString()))
      }),
    )
  })

  test('of any size refer to their texts', () => {
    for (const different of [1, 255, 256, 257, 65_536, 65_537]) {
      const column = new DictionaryColumn()
      for (let i = 0; i < 70_000; i++) column.add(`text ${i % different}`)
      expect(column.lengthOf(column.numberOf('text 0'))).toBe(6)
      const found = read(column, 70_000)
      expect(found.every((text, i) => text === `text ${i % different}`)).toBe(true)
    }
  })

  test('take a byte a row and their texts once', () => {
    const column = new DictionaryColumn()
    for (let i = 0; i < 10_000; i++) column.add('http.response.status_code')
    expect(nativeBlock({ it: column }, 10_000).length).toBeLessThan(10_000 + 8 * 10_000 + 200)
  })
})

test('lists and maps have their own elements, the empty ones none', () => {
  const lists = new ArrayColumn(new MapColumn(new TextColumn()))
  const told = [[{ a: '1', b: '2' }, {}], [], [{ c: 'ü' }]]
  for (const list of told) {
    for (const map of list) {
      const entries = Object.entries(map)
      for (const [name, value] of entries) {
        lists.elements.names.add(name)
        lists.elements.values.add(value, false)
      }
      lists.elements.close(entries.length)
    }
    lists.close(list.length)
  }
  expect(read(lists, 3)).toEqual(told.map((list) => list.map((map) => Object.entries(map))))
})

test('memory that one block gave back is the next one’s, and shows nothing of it', () => {
  const blockOf = (text: string, rows: number) => {
    const column = new TextColumn()
    for (let i = 0; i < rows; i++) column.add(text, false)
    return nativeBlock({ it: column }, rows)
  }
  const first = blockOf('first', 30_000)
  const { buffer } = first
  giveMemory(buffer)
  const second = blockOf('ü', 40_000)
  expect(second.buffer).toBe(buffer)
  expect(readNativeBlock(second).every(({ it }) => it === 'ü')).toBe(true)
  giveMemory(new ArrayBuffer(1024 ** 3))
  expect(blockOf('x', 1).buffer.byteLength).toBe(64 * 1024)
})

describe('the id of a flush', () => {
  const block = (rows: number) => {
    const column = new UInt32Column()
    for (let i = 0; i < rows; i++) column.add(i)
    return nativeBlock({ item: column }, rows)
  }

  test('is written into every row, and nothing else is', () => {
    for (const rows of [0, 1, 127, 128, 20_000])
      for (const id of [0n, 42n, 2n ** 64n - 1n]) {
        const stamped = block(rows)
        stampFlushId(stamped, 7n)
        stampFlushId(stamped, id)
        const found = readNativeBlock(stamped)
        expect(found.every(({ flush_id, item }, i) => flush_id === id && item === i)).toBe(true)
        expect(found).toHaveLength(rows)
      }
  })

  test('is not written into anything else', () => {
    expect(() => stampFlushId(Buffer.from('{"a":1}\n'), 1n)).toThrow(RangeError)
    expect(() => stampFlushId(Buffer.from([255]), 1n)).toThrow(RangeError)
    expect(() => stampFlushId(block(20).subarray(0, 60), 1n)).toThrow(RangeError)
    expect(() => stampFlushId(new Uint8Array(0), -1n)).toThrow(RangeError)
    expect(() => stampFlushId(block(1), 2n ** 64n)).toThrow(RangeError)
  })
})
