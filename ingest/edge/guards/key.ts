import type { IngestCredential } from '../../../schema/domain/ingest-key.js'
import { isAllowedOrigin } from '../../../schema/domain/origin.js'
import { isBrowserKey, originHeaders } from '../browser.js'
import type { EdgeTools, Passage } from '../passage.js'
import { Refusal } from '../refusals.js'
import { unauthenticated } from '../unauthenticated.js'

/**
 * Looks the key up: by the bearer secret, which proves it, or by the public id, which proves nothing yet. An unknown
 * public id goes on to the signature, so that neither answer nor time tells whether a key exists. A BROWSER key is no
 * secret: its origin is all that is asked of it.
 */
export async function key(passage: Passage, { credentials, log }: EdgeTools): Promise<void> {
  const { orgKey, bearer, signature, origin } = passage.headers
  const asked = async (lookUp: () => Promise<IngestCredential | null>) => {
    try {
      return await lookUp()
    } catch (error) {
      log.error({ error: error instanceof Error ? error.message : String(error) }, 'ingest keys cannot be looked up')
      throw new Refusal('UNAVAILABLE', 'Keys cannot be checked now; send the batch again later.', {
        retryAfterMs: 5_000,
      })
    }
  }
  if (signature !== null && orgKey !== null) {
    const found = await asked(() => credentials.byKey(orgKey))
    const canSign = found !== null && (found.scheme === 'CANONICAL' || found.scheme === 'BODY')
    passage.claimed = canSign ? found : null
    return
  }
  if (bearer === null && orgKey !== null && origin !== null) {
    const page = await asked(() => credentials.byKey(orgKey))
    if (!isBrowserKey(page)) throw unauthenticated()
    if (!isAllowedOrigin(page.allowedOrigins, origin))
      throw new Refusal('ORIGIN_FORBIDDEN', `This key is not for pages of ${JSON.stringify(origin.slice(0, 100))}.`)
    Object.assign(passage.answerHeaders, originHeaders(origin))
    passage.claimed = page
    return
  }
  const found = bearer === null ? null : await asked(() => credentials.bySecret(bearer))
  if (found === null || found.scheme !== 'BEARER' || (orgKey !== null && orgKey !== found.key)) throw unauthenticated()
  passage.claimed = found
}
