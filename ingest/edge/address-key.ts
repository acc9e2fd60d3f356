import ipaddr from 'ipaddr.js'

/**
 * What an address is counted under: an IPv4 address itself, an IPv6 address's /64, which is what one customer gets at
 * the least. An IPv4 address mapped into IPv6 counts as IPv4.
 */
export function addressKey(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return 'unknown'
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  return `${parsed.toNormalizedString().split(':').slice(0, 4).join(':')}::/64`
}
