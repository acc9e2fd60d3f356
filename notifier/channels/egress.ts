import { lookup as dnsLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { type Address, isPublic, parseAddress } from './addresses.js'

/** A destination that tenants may not reach. Its message names the address, and is fit for them. */
export class EgressRefusedError extends Error {
  override readonly name = 'EgressRefusedError'
}

/** Guards where a tenant's URL may lead. */
export interface Egress {
  /** @throws EgressRefusedError when a host is `localhost` or a literal address, and that is refused. */
  checkHost(host: string): void
  /** Why a URL can never be called, as a sentence; null when it may be, as far as can be told without DNS. */
  urlFault(url: string): string | null
  /** For `net.connect`: resolves, and hands out only addresses that pass; an error when none does. */
  readonly lookup: LookupFunction
  /** The first address of a host, after the same checks. */
  resolve(host: string): Promise<string>
}

/** How names are resolved; the system's own way unless a test says otherwise. */
export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>

/**
 * Refuses every address that is not of the open internet, at the moment of connecting and by the very address that is
 * connected to, so that a name which changes its answer gains nothing.
 *
 * @param allow Addresses, ranges (CIDR) and host names that may be reached though they are private.
 */
export function createEgress(allow: readonly string[], resolve: Resolve = systemResolve): Egress {
  const ranges: [Address, number][] = []
  const names = new Set<string>()
  for (const entry of allow) {
    if (ipaddr.isValidCIDR(entry)) ranges.push(ipaddr.parseCIDR(entry))
    else {
      const address = parseAddress(entry)
      if (address === null) names.add(plainHost(entry))
      else ranges.push([address, address.kind() === 'ipv4' ? 32 : 128])
    }
  }
  const mayReach = (address: Address) =>
    isPublic(address) || ranges.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits))

  const passes = (text: string) => {
    const address = parseAddress(text)
    return address !== null && mayReach(address)
  }

  async function addressesOf(host: string) {
    const answers = await resolve(host)
    if (answers.length === 0) throw Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' })
    if (names.has(plainHost(host))) return answers
    const reachable = answers.filter(({ address }) => passes(address))
    if (reachable.length === 0) throw refusal(answers[0]?.address ?? '', host)
    return reachable
  }

  const checkHost = (host: string) => {
    const bare = plainHost(host)
    if (names.has(bare)) return
    // RFC 6761: such names are the machine itself, whatever DNS may say.
    const inward = bare === 'localhost' || bare.endsWith('.localhost') ? '127.0.0.1' : bare
    if (parseAddress(inward) !== null && !passes(inward)) throw refusal(inward, bare)
  }

  return {
    checkHost,
    urlFault(url) {
      if (!URL.canParse(url)) return 'It is no URL.'
      try {
        checkHost(new URL(url).hostname)
        return null
      } catch (error) {
        if (error instanceof EgressRefusedError) return `${error.message}.`
        throw error
      }
    },
    lookup(host, options, callback) {
      addressesOf(host).then(
        (answers) => {
          const wanted = answers.filter(({ family }) => !options.family || Number(options.family) === family)
          const [first] = wanted.length > 0 ? wanted : answers
          if (options.all) callback(null, [...answers])
          else callback(null, first?.address ?? '', first?.family ?? 4)
        },
        (error: NodeJS.ErrnoException) => callback(error, '', 4),
      )
    },
    async resolve(host) {
      const bare = host.replace(/^\[|\]$/g, '')
      if (parseAddress(bare) !== null) {
        checkHost(bare)
        return bare
      }
      const [first] = await addressesOf(bare)
      return first?.address ?? bare
    },
  }
}

function refusal(address: string, host: string): EgressRefusedError {
  const found = address === host ? address : `${host} (${address})`
  return new EgressRefusedError(
    `${found} is not an address of the public internet, and TOCSIN_WEBHOOK_ALLOW does not name it`,
  )
}

function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
}

const systemResolve: Resolve = (host) =>
  new Promise((done, fail) => {
    dnsLookup(host, { all: true }, (error, answers) => (error === null ? done(answers) : fail(error)))
  })
