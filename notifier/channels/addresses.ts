import ipaddr from 'ipaddr.js'

/** An IPv4 or IPv6 address, IPv4 wherever one is embedded in a form that reaches it. */
export type Address = ipaddr.IPv4 | ipaddr.IPv6

/** IPv6 blocks that carry an IPv4 address, and the byte at which it stands. */
const EMBEDDING: readonly { readonly block: string; readonly at: number }[] = [
  // RFC 4291: IPv4-mapped, and the deprecated IPv4-compatible.
  { block: '::ffff:0:0/96', at: 12 },
  { block: '::/96', at: 12 },
  // RFC 2765: IPv4-translated.
  { block: '::ffff:0:0:0/96', at: 12 },
  // RFC 6052: the well-known prefix of NAT64.
  { block: '64:ff9b::/96', at: 12 },
  // RFC 3056: 6to4.
  { block: '2002::/16', at: 2 },
]

/** IPv6 blocks that are not for the open internet and that the library takes for unicast. */
const INWARD: readonly string[] = [
  // RFC 8215: NAT64 of a local network.
  '64:ff9b:1::/48',
  // RFC 3879: deprecated site-local.
  'fec0::/10',
  // RFC 9637: documentation.
  '3fff::/20',
]

/** An address in its plainest form, or null when the text is none. Takes no decimal or short forms: URLs resolve those. */
export function parseAddress(text: string): Address | null {
  const bare = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return ipaddr.IPv4.parse(bare)
  if (!ipaddr.IPv6.isValid(bare)) return null
  const address = ipaddr.IPv6.parse(bare)
  const inner = EMBEDDING.find(({ block }) => address.match(ipaddr.IPv6.parseCIDR(block)))
  // `::` and `::1` lie in the IPv4-compatible block, and mean themselves.
  if (inner === undefined || address.range() === 'loopback' || address.range() === 'unspecified') return address
  const bytes = address.toByteArray().slice(inner.at, inner.at + 4)
  return new ipaddr.IPv4(bytes)
}

/** Whether an address belongs to the open internet: not private, loopback, link-local, reserved, multicast and so on. */
export function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false
  if (address instanceof ipaddr.IPv4) return true
  return !INWARD.some((block) => address.match(ipaddr.IPv6.parseCIDR(block)))
}
