import { hkdfSync } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'

/** How long an access token lives, ms. */
export const ACCESS_TOKEN_MS = 15 * 60_000

/** Why an access token is not taken. */
export type AccessTokenFault = 'expired' | 'invalid'

/** Signs and reads access tokens: short-lived JWTs (HS256) that name a session and nothing else worth stealing. */
export interface AccessTokens {
  issue(sessionId: string, now: number): Promise<{ readonly token: string; readonly expiresAt: number }>
  read(token: string, now: number): Promise<{ readonly sessionId: string } | { readonly fault: AccessTokenFault }>
}

const NAME = 'tocsin'

/** @param masterKey 32 bytes; the signing key is derived from it (HKDF-SHA-256), so neither gives the other away. */
export function createAccessTokens(masterKey: Uint8Array): AccessTokens {
  const key = new Uint8Array(hkdfSync('sha256', masterKey, '', 'tocsin access tokens v1', 32))
  return {
    async issue(sessionId, now) {
      const expiresAt = Math.floor((now + ACCESS_TOKEN_MS) / 1000) * 1000
      const token = await new SignJWT()
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
        .setSubject(sessionId)
        .setIssuer(NAME)
        .setAudience(NAME)
        .setIssuedAt(Math.floor(now / 1000))
        .setExpirationTime(expiresAt / 1000)
        .sign(key)
      return { token, expiresAt }
    },
    async read(token, now) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: ['HS256'],
          typ: 'at+jwt',
          issuer: NAME,
          audience: NAME,
          currentDate: new Date(now),
          requiredClaims: ['sub', 'exp'],
        })
        return { sessionId: String(payload.sub) }
      } catch (error) {
        if (!(error instanceof errors.JOSEError)) throw error
        return { fault: error instanceof errors.JWTExpired ? 'expired' : 'invalid' }
      }
    },
  }
}
