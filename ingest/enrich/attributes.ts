import { scrubAttributes } from '../scrub/index.js'
import type { EnrichContext } from './context.js'
import { FlatFields } from './flatten.js'

export type Attributes = Readonly<Record<string, unknown>>

/** Attributes that carry the address of who asked. */
const ADDRESSES = new Set([
  'client.address',
  'client.ip',
  'client_ip',
  'clientip',
  'http.client_ip',
  'source.address',
  'source.ip',
  'remote_addr',
  'remote_ip',
  'net.peer.ip',
  'net.sock.peer.addr',
  'network.peer.address',
  'x_forwarded_for',
  'x-forwarded-for',
  'http.request.header.x-forwarded-for',
  'user.ip',
  'ip',
])
/** Attributes that carry a User-Agent. */
const AGENTS = new Set([
  'user_agent.original',
  'user_agent',
  'http.user_agent',
  'http.request.header.user-agent',
  'useragent',
  'userAgent',
])

/**
 * Attributes with what their address and user agent tell, and without what must not be stored: located first, then
 * scrubbed. Comes back flat (names joined by dots) when it was nested. What is there already is not replaced.
 */
export function enrichAttributes(attributes: Attributes, context: EnrichContext): Attributes {
  const flat = flatOf(attributes)
  const clean = scrubAttributes(flat, context.scrubber)
  let enriched: Record<string, unknown> | null = null
  for (const name in flat) {
    const told = toldBy(name, flat[name], context)
    if (told === null) continue
    enriched ??= { ...clean }
    for (const one in told) if (!Object.hasOwn(enriched, one)) enriched[one] = told[one]
  }
  return enriched ?? clean
}

/** Attributes that an attribute tells; null when none, as nearly always. */
function toldBy(name: string, value: unknown, context: EnrichContext): Attributes | null {
  if (typeof value !== 'string') return null
  if (ADDRESSES.has(name)) return context.locate(firstOf(value))
  return AGENTS.has(name) ? (context.agent(value)?.attributes ?? null) : null
}

function flatOf(attributes: Attributes): Attributes {
  for (const name in attributes) {
    const value = attributes[name]
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue
    const flat = new FlatFields()
    flat.addAll(attributes)
    return flat.object
  }
  return attributes
}

/** The client's own address where proxies have added theirs. */
function firstOf(addresses: string): string {
  const comma = addresses.indexOf(',')
  return comma === -1 ? addresses : addresses.slice(0, comma).trim()
}
