import fc from 'fast-check'
import snappy from 'snappyjs'
import { expect, test } from 'vitest'
import { snappyLength, unsnap } from './snappy.js'

/** Bytes with repetitions near and far, so that there are copies of every kind. */
const bytes = fc
  .array(fc.tuple(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 40 })), { maxLength: 40 })
  .map((parts) => Buffer.concat(parts.flatMap(([part, times]) => Array<Uint8Array>(times).fill(part))))

test('what snappy packed comes out as it was', () => {
  fc.assert(
    fc.property(bytes, (plain) => {
      const packed = snappy.compress(plain)
      expect(snappyLength(packed)).toBe(plain.byteLength)
      expect(Buffer.from(unsnap(packed, plain.byteLength) ?? []).equals(plain)).toBe(true)
    }),
  )
})

test('what was cut short, or says a wrong length, is none', () => {
  fc.assert(
    fc.property(bytes, fc.nat(), fc.integer({ min: 1, max: 1_000 }), (plain, cut, wrong) => {
      fc.pre(plain.byteLength > 0)
      const packed = snappy.compress(plain)
      expect(unsnap(packed.subarray(0, cut % packed.byteLength), plain.byteLength)).toBeNull()
      expect(unsnap(packed, plain.byteLength + wrong)).toBeNull()
      expect(unsnap(packed, Math.max(0, plain.byteLength - wrong))).toBeNull()
    }),
  )
})

test('whatever comes, it throws nothing and makes no more than it said', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
      const length = snappyLength(body)
      if (length === null || length > 100_000) return
      expect([undefined, length]).toContain(unsnap(body, length)?.byteLength)
    }),
    { numRuns: 5_000 },
  )
})

const packed = (length: number, ...elements: number[]) => unsnap(Uint8Array.from([length, ...elements]), length)

test.each([
  ['a copy of what is not there yet', packed(4, 0x01, 0x01)],
  ['a copy from nowhere', packed(5, 0x00, 0x41, 0x01, 0x00)],
  ['a copy past the end', packed(3, 0x00, 0x41, 0x01, 0x01)],
  ['a literal past the end', packed(1, 0x04, 0x41, 0x42)],
  ['a literal of 4 GiB', packed(10, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x41)],
  ['a copy by an offset of 2^32', packed(2, 0x00, 0x41, 0x03, 0xff, 0xff, 0xff, 0xff)],
])('%s is none', (_name, plain) => {
  expect(plain).toBeNull()
})

test('a copy that overlaps with itself repeats', () => {
  expect(Buffer.from(packed(9, 0x04, 0x41, 0x42, 0x0d, 0x02) ?? []).toString()).toBe('ABABABABA')
})
