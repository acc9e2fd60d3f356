import { createHash, randomUUID } from 'node:crypto'
import type { Agent, ClientRequest } from 'node:http'
import { type Credentials, checkCredentials, credentialHeaders } from './credentials.js'

/** How long a request that was not accepted may be repeated under the same idempotency key, ms. */
const REPEATED_WITHIN_MS = 60_000

/** The entry of an agent at which each request arrives. Node has it since 0.11; proxies' agents are built on it. */
interface Entry {
  addRequest(request: ClientRequest, ...rest: unknown[]): void
}

/**
 * Makes agents that sign what goes through them, for exporters of OpenTelemetry as they are:
 * `new OTLPLogExporter({ url, httpAgentOptions: signedAgent({ key, secret }) })`. Their headers can be a function, but
 * one that does not see the body; the agent holds a request's body back until it is whole, then signs it.
 *
 * An exporter's retry is a request of its own with the same bytes. It gets the key of the first, unless that one was
 * accepted: then the same bytes are another batch.
 *
 * @throws TypeError at once when the key cannot be used.
 */
export function signedAgent(
  options: Credentials & { readonly now?: () => number; readonly newKey?: () => string },
): (protocol: string) => Promise<Agent> {
  checkCredentials(options)
  const keys = keysOfBodies(options.now ?? Date.now, options.newKey ?? randomUUID)
  return async (protocol) => {
    // Loaded when it is needed: instrumentation of HTTP has to be able to come first.
    const { Agent } = protocol === 'https:' ? await import('node:https') : await import('node:http')
    const agent = new Agent({ keepAlive: true })
    const entry = agent as unknown as Entry
    const addRequest = entry.addRequest.bind(agent)
    const signed: Entry['addRequest'] = (request, ...rest) => {
      signWhenWhole(request, options, keys)
      addRequest(request, ...rest)
    }
    return Object.assign(agent, { addRequest: signed })
  }
}

type Done = ((error?: Error | null) => void) | undefined

function signWhenWhole(
  request: ClientRequest,
  options: Credentials & { readonly now?: () => number },
  keys: Keys,
): void {
  const chunks: Buffer[] = []
  const { write, end } = request
  const keep = (chunk: unknown, encoding: unknown) => {
    if (chunk === null || chunk === undefined || typeof chunk === 'function') return
    const given = typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'
    chunks.push(typeof chunk === 'string' ? Buffer.from(chunk, given) : Buffer.from(chunk as Uint8Array))
  }
  const callback = (rest: readonly unknown[]) => rest.find((one) => typeof one === 'function') as Done
  Object.assign(request, {
    write: (...rest: unknown[]) => {
      keep(rest[0], rest[1])
      const done = callback(rest)
      if (done !== undefined) process.nextTick(done)
      return true
    },
    end: (...rest: unknown[]) => {
      keep(rest[0], rest[1])
      Object.assign(request, { write, end })
      const body = Buffer.concat(chunks)
      sign(request, body, options, keys)
      return request.end(body, callback(rest))
    },
  })
}

function sign(
  request: ClientRequest,
  body: Buffer,
  options: Credentials & { readonly now?: () => number },
  keys: Keys,
) {
  const encoding = request.getHeader('content-encoding')
  const key = keys.of(body)
  const proof = credentialHeaders(options, {
    method: request.method,
    path: request.path,
    timestamp: (options.now ?? Date.now)(),
    idempotencyKey: key.text,
    body,
    ...(typeof encoding === 'string' ? { contentEncoding: encoding } : {}),
  })
  for (const [name, value] of Object.entries(proof)) request.setHeader(name, value)
  request.on('response', (response) => {
    if ((response.statusCode ?? 500) < 300) key.accepted()
    // Who listens alone has to read, or the connection is never free.
    if (request.listenerCount('response') === 1) response.resume()
  })
}

interface Keys {
  of(body: Uint8Array): { readonly text: string; readonly accepted: () => void }
}

/** One idempotency key for each body that was tried and not accepted lately. */
function keysOfBodies(now: () => number, newKey: () => string): Keys {
  const known = new Map<string, { readonly text: string; readonly until: number }>()
  return {
    of(body) {
      for (const [hash, { until }] of known) if (until <= now()) known.delete(hash)
      const hash = createHash('sha256').update(body).digest('base64')
      const text = known.get(hash)?.text ?? newKey()
      known.set(hash, { text, until: now() + REPEATED_WITHIN_MS })
      return { text, accepted: () => void known.delete(hash) }
    },
  }
}
