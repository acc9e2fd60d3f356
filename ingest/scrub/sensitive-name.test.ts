import { expect, test } from 'vitest'
import { sensitiveNames } from './sensitive-name.js'

const { has } = sensitiveNames(['Badge-Code'])

test.each([
  'password',
  'PASSWORD',
  'db_password',
  'userPassword',
  'X-Auth-Token',
  'access_token',
  'apiKey',
  'x-api-key',
  'http.request.header.authorization',
  'Set-Cookie',
  'client.secret',
  'aws_secret_access_key',
  'pwd',
  'cvv',
  'badge_code',
  'BADGECODE',
])('%s is sensitive', (name) => {
  expect(has(name)).toBe(true)
})

test.each([
  'passwords_reset',
  'token_count',
  'max_tokens',
  'next_page_token',
  'bypass',
  'secretary',
  'author',
  'status',
  '',
])('%s is not', (name) => {
  expect(has(name)).toBe(false)
})

test('the last two characters never rule out what is sensitive', () => {
  const { ends } = sensitiveNames(['Badge-Code'])
  for (const name of ['password', 'TOKEN', 'cvv2', 'Cookie', 'badge_code', 'BadgeCode'])
    expect(ends[name.charCodeAt(name.length - 2) * 128 + name.charCodeAt(name.length - 1)], name).toBe(1)
})
