import { expect, test } from 'vitest'
import { createScrubber } from './scrubber.js'

const scrubber = createScrubber('org_1', new Uint8Array(32))

test.each([
  ['password=hunter2 x', 'password=[secret] x'],
  ['password: hunter2, x', 'password: [secret], x'],
  ['password => hunter2', 'password => [secret]'],
  ['password = hunter2', 'password = [secret]'],
  ['"password" : "hunter2"', '"password" : "[secret]"'],
  ['{"password":"a \\"b\\" c","n":1}', '{"password":"[secret]","n":1}'],
  ['{"password":1234567}', '{"password":[secret]}'],
  ['{\\"token\\":\\"abc\\",\\"n\\":1}', '{\\"token\\":\\"[secret]\\",\\"n\\":1}'],
  ["{'secret': 'x y'}", "{'secret': '[secret]'}"],
  ['token="cut off', 'token="[secret]'],
  ['Authorization: Bearer abc.def', 'Authorization: Bearer [secret]'],
  ['authorization: Basic dXNlcjpwYXNz next', 'authorization: Basic [secret] next'],
  ['Authorization: Digest username="a", nonce="b"', 'Authorization: Digest [secret]"a", nonce="b"'],
  ['Cookie: a=1; b=2\nHost: x', 'Cookie: [secret]\nHost: x'],
  ['GET /x?access_token=abc&n=1', 'GET /x?access_token=[secret]&n=1'],
  ['postgres://bob:p@ss@db/x', 'postgres://bob:[secret]@db/x'],
  ['got Bearer abcdefghijklmnop12', 'got Bearer [secret]'],
])('%s', (text, clean) => {
  expect(scrubber.text(text)).toBe(clean)
})

test.each([
  'password: incorrect',
  'token=null',
  'password=***',
  'token_count=17',
  'the bearer token expired',
  'Bearer short',
  'Token::parse failed',
  'https://example.com:8080/x',
  'password=',
  'user=bob status=200',
])('%s stays', (text) => {
  expect(scrubber.text(text)).toBe(text)
})
