import { expect, test } from 'vitest'
import { endOfPrivateKey } from './private-key.js'

test.each(['PRIVATE KEY', 'RSA PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'PGP PRIVATE KEY BLOCK'])(
  'a block of %s',
  (label) => {
    const block = `-----BEGIN ${label}-----\nMIIB\n-----END ${label}-----`
    expect(endOfPrivateKey(`${block} after`, 0)).toBe(block.length)
  },
)

test('a block that was cut off goes to the end', () => {
  expect(endOfPrivateKey('-----BEGIN EC PRIVATE KEY-----\nMIIB', 0)).toBe(35)
})

test('a certificate and a public key are none', () => {
  expect(endOfPrivateKey('-----BEGIN CERTIFICATE-----\nMIIB', 0)).toBe(-1)
  expect(endOfPrivateKey('-----BEGIN PUBLIC KEY-----\nMIIB\n-----BEGIN PRIVATE KEY-----', 0)).toBe(-1)
})
