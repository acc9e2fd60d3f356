import { describe, expect, it } from 'vitest'
import { isPublic, parseAddress } from './addresses.js'

function judge(text: string): boolean | null {
  const address = parseAddress(text)
  return address === null ? null : isPublic(address)
}

describe('an address of the open internet', () => {
  it.each(['93.184.216.34', '1.1.1.1', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808', '2002:0808:0808::1'])(
    '%s passes',
    (text) => expect(judge(text)).toBe(true),
  )
})

describe('an address that is not of the open internet', () => {
  it.each([
    ['this host', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['loopback', '127.0.0.1'],
    ['loopback, any of its block', '127.255.1.2'],
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['link-local, where clouds keep credentials', '169.254.169.254'],
    ['protocol assignments', '192.0.0.1'],
    ['documentation', '192.0.2.1'],
    ['benchmarking', '198.18.0.1'],
    ['multicast', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '::'],
    ['loopback', '::1'],
    ['loopback, written out', '0:0:0:0:0:0:0:1'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['unique local', 'fd00:ec2::254'],
    ['site-local', 'fec0::1'],
    ['multicast', 'ff02::1'],
    ['documentation', '2001:db8::1'],
    ['documentation', '3fff::1'],
    ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
    ['IPv4-mapped loopback', '::ffff:127.0.0.1'],
    ['IPv4-mapped loopback in hexadecimal', '::ffff:7f00:1'],
    ['IPv4-mapped, as the metadata service', '::ffff:a9fe:a9fe'],
    ['IPv4-compatible loopback', '::127.0.0.1'],
    ['IPv4-compatible private', '::a00:1'],
    ['IPv4-translated private', '::ffff:0:10.0.0.1'],
    ['NAT64 of loopback', '64:ff9b::7f00:1'],
    ['NAT64 of the metadata service', '64:ff9b::169.254.169.254'],
    ['NAT64 of a local network', '64:ff9b:1::808:808'],
    ['6to4 of private', '2002:0a00:0001::1'],
    ['6to4 of loopback', '2002:7f00:1::'],
    ['in brackets', '[::1]'],
  ])('%s is refused: %s', (_, text) => expect(judge(text)).toBe(false))
})

it.each(['localhost', '', '127.1', '2130706433', '0x7f.0.0.1', 'example.com'])('%j is no address by itself', (text) => {
  expect(parseAddress(text)).toBeNull()
})

it.each(['http://2130706433/', 'http://0x7f000001/', 'http://0177.0.0.1/', 'http://127.1/', 'http://①②⑦.0.0.1/'])(
  'a URL brings odd forms to the plain one: %s',
  (url) => expect(judge(new URL(url).hostname)).toBe(false),
)
