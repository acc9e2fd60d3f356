import { createHash } from 'node:crypto'
import type { IdentityStore } from '../../schema/ports/control-plane.js'
import type { AccessTokens } from './access-token.js'
import { isApiTokenText } from './api-token-text.js'
import { type Caller, sessionCaller, tokenCaller } from './caller.js'

/** Who a request comes from; without a caller, why (for people). */
export type Authentication = { readonly caller: Caller } | { readonly caller: null; readonly why: string }

/** How often a token's last use is written down, ms. */
const TOUCH_EVERY_MS = 60_000

/** Reads `authorization: Bearer …`, an access token or an API token. */
export function createAuthenticate(identity: IdentityStore, accessTokens: AccessTokens) {
  return async function authenticate(header: string | undefined, now: number): Promise<Authentication> {
    if (header === undefined)
      return nobody('No credentials found; expected the header "authorization: Bearer <access token or API token>".')
    const credential = /^Bearer +(\S{1,2048}) *$/i.exec(header)?.[1]
    if (credential === undefined)
      return nobody('Found an authorization header of another form; expected "Bearer <token>".')
    return credential.startsWith('toc_') ? byToken(credential, now) : bySession(credential, now)
  }

  async function bySession(credential: string, now: number): Promise<Authentication> {
    const read = await accessTokens.read(credential, now)
    if ('fault' in read)
      return nobody(
        read.fault === 'expired'
          ? 'The access token has expired; refresh the session.'
          : 'The access token is not valid.',
      )
    const facts = await identity.sessionCaller(read.sessionId)
    return facts === null ? nobody('The session has ended; sign in again.') : { caller: sessionCaller(facts) }
  }

  async function byToken(credential: string, now: number): Promise<Authentication> {
    const refused = nobody('The API token is unknown, expired or revoked.')
    if (!isApiTokenText(credential)) return refused
    const facts = await identity.tokenCaller(sha256(credential), now)
    if (facts === null) return refused
    if (now - (facts.token.lastUsedAt ?? 0) >= TOUCH_EVERY_MS) await identity.touchToken(facts.token.id, now)
    return { caller: tokenCaller(facts) }
  }
}

export type Authenticate = ReturnType<typeof createAuthenticate>

function nobody(why: string): Authentication {
  return { caller: null, why }
}

/** SHA-256 of text: what is kept of a token. */
export function sha256(text: string): Uint8Array {
  return createHash('sha256').update(text).digest()
}
