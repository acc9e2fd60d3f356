import { expect, test } from 'vitest'
import { signBody, signCanonical } from './signing.js'

// Both computed with `openssl dgst -sha256` and `openssl dgst -sha256 -hmac`, apart from any code of ours.
test('CANONICAL signs method, path, time, key, encoding and the body’s hash', () => {
  expect(
    signCanonical({
      secret: 'secret',
      method: 'POST',
      path: '/v1/logs?a=b',
      timestamp: 1_795_231_369_462,
      idempotencyKey: 'key-1',
      contentEncoding: 'gzip',
      body: 'hello',
    }),
  ).toEqual({
    'x-timestamp': '1795231369462',
    'x-idempotency-key': 'key-1',
    'content-encoding': 'gzip',
    'x-signature': 'sha256=3f0ff4796075df74a3cb80747de783bdfbc55ef175b4aa4c068241163d5ff0b1',
  })
})

test('what is left out is signed as empty and not sent', () => {
  const signed = signCanonical({ secret: 'secret', method: 'POST', path: '/v1/logs', timestamp: 1, body: '' })
  expect(signed).toEqual({
    'x-timestamp': '1',
    'x-signature': 'sha256=6f18b9d85f53e4d44e45f646cee2ab88243cee009b9fd2b30c07f5f947bd0a64',
  })
})

test('BODY signs the body', () => {
  expect(signBody('secret', 'hello')).toEqual({
    'x-signature': 'sha256=88aab3ede8d3adf94d26ab90d3bafd4a2083070c3bcce9c014ee04a443847c0b',
  })
})
