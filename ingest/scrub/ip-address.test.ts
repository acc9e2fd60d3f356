import { expect, test } from 'vitest'
import { endOfIpv4, endOfIpv6 } from './ip-address.js'

test.each([
  ['10.0.0.1', 8],
  ['255.255.255.255:80', 15],
  ['10.0.0.1.', 8],
])('%s begins with an IPv4 address', (text, to) => {
  expect(endOfIpv4(text, 0)).toBe(to)
})

test.each(['256.1.1.1', '1.2.3', '1.2.3.4.5', '1.2.3.4a', '01.2.3.4'])('%s does not', (text) => {
  expect(endOfIpv4(text, 0)).toBe(-1)
})

test('the rest of a version is no address', () => {
  expect(endOfIpv4('1.2.3.4.5', 2)).toBe(-1)
})

test.each(['2001:db8::1', '::1', 'fe80::1:2', '::ffff:10.0.0.1', '1:2:3:4:5:6:7:8'])(
  '%s is an IPv6 address',
  (text) => {
    expect(endOfIpv6(text, 0)).toBe(text.length)
    expect(endOfIpv6(`${text}]`, 0)).toBe(text.length)
  },
)

test.each(['12:34:56', 'dead::beef', '::', '00:1b:44:11:3a:b7', 'a::b', '1:2:3:4:5:6:7:8:9'])('%s is none', (text) => {
  expect(endOfIpv6(text, 0)).toBe(-1)
})
