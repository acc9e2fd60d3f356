import type { IncomingMessage } from 'node:http'
import type { IngestCredential } from '../../schema/domain/ingest-key.js'

/** Where BROWSER keys may send. */
export const BROWSER_PATH = '/v1/rum'

/** Headers of answers that a page may read beside the few that it always may. */
export const EXPOSED_HEADERS = 'idempotent-replay, ratelimit, ratelimit-policy, retry-after'

/** Whether a credential is one that is shown to everybody and holds no secret. */
export function isBrowserKey(claimed: IngestCredential | null): claimed is IngestCredential {
  return claimed?.scheme === 'BROWSER'
}

/** The public id of the key in a request's query, `?key=`: a beacon carries no headers of its own. Null when none. */
export function queryKey(request: IncomingMessage): string | null {
  const query = request.url?.split('?', 2)[1]
  return query === undefined ? null : new URLSearchParams(query).get('key')
}

/**
 * What lets the page at an origin read the answer. Credentials are allowed since `sendBeacon` always asks for them; the
 * edge sets no cookie and reads none.
 */
export function originHeaders(origin: string): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': EXPOSED_HEADERS,
    vary: 'Origin',
  }
}
