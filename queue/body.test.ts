import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { jsonBody } from '../test/conformance/intake-subject.js'
import { decodeBody, encodeBody } from './body.js'

it('comes back as it went, whatever it holds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 4000 }), fc.nat(3000), async (bytes, repeat) => {
      const body = Buffer.concat([bytes, Buffer.alloc(repeat, 7)])
      const { encoding, stored } = await encodeBody(body)
      expect(Buffer.from(await decodeBody(stored, encoding, body.length)).equals(body)).toBe(true)
      expect(stored.length).toBeLessThanOrEqual(body.length)
    }),
  )
})

it('takes less room where that is worth it', async () => {
  const logs = jsonBody(100_000)
  const { encoding, stored } = await encodeBody(logs)
  expect(encoding).toBe('brotli')
  expect(stored.length).toBeLessThan(logs.length / 1.5)
  expect(await encodeBody(jsonBody(300))).toMatchObject({ encoding: 'identity' })
})

it('reads what earlier versions deflated', async () => {
  const logs = jsonBody(100_000)
  expect(Buffer.from(await decodeBody(deflateRawSync(logs), 'deflate', logs.length)).equals(logs)).toBe(true)
})

it('refuses a body that is not as long as it was', async () => {
  const body = jsonBody(5000)
  const { encoding, stored } = await encodeBody(body)
  await expect(decodeBody(stored, encoding, body.length - 1)).rejects.toThrow()
  await expect(decodeBody(stored, encoding, body.length + 1)).rejects.toThrow('bytes where')
  await expect(decodeBody(stored.subarray(0, 50), encoding, body.length)).rejects.toThrow()
})
