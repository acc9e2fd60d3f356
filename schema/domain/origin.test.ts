import { expect, test } from 'vitest'
import { isAllowedOrigin, isOriginPattern } from './origin.js'

test.each([
  ['https://shop.example.com', true],
  ['http://localhost:5173', true],
  ['https://*.example.com', true],
  ['https://*.example.com:8443', true],
  ['*', false],
  ['https://*', false],
  ['https://*.com', false],
  ['https://*.*.com', false],
  ['https://a.*.com', false],
  ['https://*.0.0.1', false],
  ['https://*.example.com/path', false],
  ['https://shop.example.com/', false],
  ['https://SHOP.example.com', false],
  ['ftp://example.com', false],
  ['null', false],
])('%s is a pattern: %s', (text, expected) => {
  expect(isOriginPattern(text)).toBe(expected)
})

const patterns = ['https://shop.example.com', 'https://*.wild.example', 'http://localhost:5173']

test.each([
  ['https://shop.example.com', true],
  ['http://shop.example.com', false],
  ['https://shop.example.com:444', false],
  ['https://shop.example.com.evil.example', false],
  ['https://a.wild.example', true],
  ['https://a.b.wild.example', true],
  ['https://wild.example', false],
  ['https://evilwild.example', false],
  ['https://evil.example#.wild.example', false],
  ['https://user@x.wild.example', false],
  ['https://evil.example/.wild.example', false],
  ['https://.wild.example', false],
  ['https://*.wild.example', false],
  ['http://localhost:5173', true],
  ['null', false],
])('%s is allowed: %s', (origin, expected) => {
  expect(isAllowedOrigin(patterns, origin)).toBe(expected)
})
