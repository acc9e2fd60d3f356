import type { FastifyInstance } from 'fastify'
import { isOriginPattern } from '../../schema/domain/origin.js'
import { addressKey } from './address-key.js'
import { BROWSER_PATH, originHeaders } from './browser.js'
import type { EdgeTools } from './passage.js'
import { Refusal } from './refusals.js'

/** How long a browser may remember the answer, s. */
const MAX_AGE_S = 7_200

/**
 * Answers what browsers ask before they send (CORS preflight), on the path of BROWSER keys alone. It carries no key, so
 * it lets any origin ask; the batch that follows is let in by its key's origins, or not. It proves nothing, and counts
 * against its address.
 */
export function servePreflight(
  app: FastifyInstance,
  { addresses, clock }: Pick<EdgeTools, 'addresses' | 'clock'>,
): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'OPTIONS' || request.routeOptions.url !== BROWSER_PATH) return
    const { origin, 'access-control-request-method': asked } = request.headers
    if (origin === undefined || asked === undefined) return
    const counted = addresses.take(addressKey(request.ip), clock.now())
    if (!counted.allowed)
      throw new Refusal('ADDRESS_LIMITED', 'Too many requests came from this address; wait before trying again.', {
        retryAfterMs: counted.resetMs,
      })
    if (asked !== 'POST' || !isOriginPattern(origin) || origin.includes('*'))
      throw new Refusal('ORIGIN_FORBIDDEN', 'Pages may send POST, from an origin with a scheme and a host.')
    const { 'access-control-allow-origin': allowed = '', 'access-control-allow-credentials': credentials = '' } =
      originHeaders(origin)
    return reply
      .code(204)
      .headers({
        'access-control-allow-origin': allowed,
        'access-control-allow-credentials': credentials,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'content-encoding, content-type, x-idempotency-key, x-org-key',
        'access-control-max-age': String(MAX_AGE_S),
        vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      })
      .send()
  })
}
