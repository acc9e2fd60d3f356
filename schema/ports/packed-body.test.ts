import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { jsonBody } from '../../test/conformance/intake-subject.js'
import { packBody, packBodyAside, packedBody, unpackBody } from './packed-body.js'

it('comes back as it went, whatever it holds, and is packed alike in either thread', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 4000 }), fc.nat(3000), async (bytes, repeat) => {
      const body = Buffer.concat([bytes, Buffer.alloc(repeat, 7)])
      const packed = packBody(body)
      expect(await packBodyAside(body)).toEqual(packed)
      expect(Buffer.from(unpackBody(packed)).equals(body)).toBe(true)
      expect(packed.packed.length).toBeLessThanOrEqual(body.length)
      expect(packed.bytes).toBe(body.length)
    }),
  )
})

it('takes less room where that is worth it', () => {
  const logs = jsonBody(100_000)
  const { encoding, packed } = packBody(logs)
  expect(encoding).toBe('brotli')
  expect(packed.length).toBeLessThan(logs.length / 1.5)
  expect(packBody(jsonBody(300))).toMatchObject({ encoding: 'identity' })
})

it('reads what earlier versions deflated, and says of what later ones did that it cannot', () => {
  const logs = jsonBody(100_000)
  expect(Buffer.from(unpackBody(packedBody('deflate', logs.length, deflateRawSync(logs)))).equals(logs)).toBe(true)
  expect(() => packedBody('zstd', 5, logs)).toThrow(/packed as zstd.*identity, deflate, brotli/)
})

it('refuses a body that is not as long as it was', () => {
  const whole = packBody(jsonBody(5000))
  expect(() => unpackBody({ ...whole, bytes: whole.bytes - 1 })).toThrow()
  expect(() => unpackBody({ ...whole, bytes: whole.bytes + 1 })).toThrow('bytes where')
  expect(() => unpackBody({ ...whole, packed: whole.packed.subarray(0, 50) })).toThrow()
})
