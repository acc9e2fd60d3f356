import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSealer, SealError } from './sealing.js'

const sealer = createSealer(randomBytes(32))

describe('createSealer', () => {
  it('opens what it sealed, for the same owner', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (plaintext, owner) => {
        expect([...sealer.open(sealer.seal(plaintext, owner), owner)]).toEqual([...plaintext])
      }),
    )
  })

  it('opens nothing that was changed in any byte', () => {
    const sealed = sealer.seal(Buffer.from('secret'), 'key_1')
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => sealer.open(changed, 'key_1')).toThrow(SealError)
    }
  })

  it.each<[string, () => Buffer]>([
    ['another owner', () => sealer.open(sealer.seal(Buffer.from('secret'), 'key_1'), 'key_2')],
    ['another key', () => createSealer(randomBytes(32)).open(sealer.seal(Buffer.from('secret'), 'key_1'), 'key_1')],
    ['a text cut short', () => sealer.open(sealer.seal(Buffer.from('secret'), 'key_1').subarray(0, 28), 'key_1')],
  ])('opens nothing under %s', (_name, open) => {
    expect(open).toThrow(SealError)
  })

  it('seals the same text differently each time', () => {
    const texts = Array.from({ length: 100 }, () => sealer.seal(Buffer.from('x'), 'a').toString('hex'))
    expect(new Set(texts).size).toBe(100)
  })

  it('takes a key of 32 bytes alone', () => {
    expect(() => createSealer(randomBytes(16))).toThrow('32 bytes; found 16')
  })
})
