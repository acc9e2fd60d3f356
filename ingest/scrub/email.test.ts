import { expect, test } from 'vitest'
import { emailAround } from './email.js'

function found(text: string): string | null {
  const hit = emailAround(text, text.indexOf('@'), 0)
  return hit === null ? null : text.slice(hit.from, hit.to)
}

test.each([
  ['to bob.smith+news@mail.example.co.uk.', 'bob.smith+news@mail.example.co.uk'],
  ['<ANA@EXAMPLE.ORG>', 'ANA@EXAMPLE.ORG'],
  ['mailto:a_b%c@x-1.example.io?subject=', 'a_b%c@x-1.example.io'],
  ['"jürgen@büro.example.de"', 'jürgen@büro.example.de'],
  ['a@xn--bro-hoa.xn--p1ai', 'a@xn--bro-hoa.xn--p1ai'],
  ['--- x@example.museum, next', 'x@example.museum'],
  ['x=a@b.co', 'a@b.co'],
])('%s holds %s', (text, address) => {
  expect(found(text)).toBe(address)
})

test.each([
  'root@localhost',
  'logo@2x.png',
  'getty@tty1.service',
  'lodash@4.17.21',
  '@scope/package',
  'git@code.example.com:team/repo.git',
  'a.@example.com',
  'a@@example.com',
  'a@.example.com',
  'a@example.c',
  'a@b@example.com'.slice(0, 4),
  ' @example.com',
])('%s holds none', (text) => {
  expect(found(text)).toBeNull()
})

test('an address does not reach back into what was found before it', () => {
  expect(emailAround('abc@example.com', 3, 2)).toEqual({ kind: 'email', from: 2, to: 15 })
})
