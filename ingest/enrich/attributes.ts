import { scrubAttributes } from '../scrub/index.js'
import type { Agent } from './agent.js'
import type { EnrichContext } from './context.js'
import { flattenInto } from './flatten.js'

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
  const added = addedTo(flat, context)
  return added === null ? clean : { ...added, ...clean }
}

function flatOf(attributes: Attributes): Attributes {
  for (const name in attributes) {
    const value = attributes[name]
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue
    const flat = new Map<string, unknown>()
    flattenInto(flat, attributes)
    return Object.fromEntries(flat)
  }
  return attributes
}

/** What to add; null when nothing. */
function addedTo(attributes: Attributes, context: EnrichContext): Attributes | null {
  let added: Record<string, unknown> | null = null
  for (const name in attributes) {
    // Of names that count, the shortest is `ip`; most others are told apart by their set's hash.
    if (ADDRESSES.has(name)) {
      const value = attributes[name]
      const place = typeof value === 'string' ? context.locate(firstOf(value)) : null
      if (place !== null) added = Object.assign({}, place, added)
    } else if (AGENTS.has(name)) {
      const value = attributes[name]
      const agent = typeof value === 'string' ? context.agent(value) : null
      if (agent !== null) added = Object.assign({}, agentAttributes(agent), added)
    }
  }
  return added
}

/** The client's own address where proxies have added theirs. */
function firstOf(addresses: string): string {
  const comma = addresses.indexOf(',')
  return comma === -1 ? addresses : addresses.slice(0, comma).trim()
}

/** By OpenTelemetry's names of user agent attributes; the kind of device has none there. */
function agentAttributes(agent: Agent): Attributes {
  return {
    ...(agent.browser !== undefined && { 'user_agent.name': agent.browser }),
    ...(agent.browserVersion !== undefined && { 'user_agent.version': agent.browserVersion }),
    ...(agent.os !== undefined && { 'user_agent.os.name': agent.os }),
    ...(agent.osVersion !== undefined && { 'user_agent.os.version': agent.osVersion }),
    ...(agent.device !== undefined && { 'user_agent.device.type': agent.device }),
  }
}
