import type { SessionInfo } from '../../schema/domain/identity.js'
import { newId } from '../../schema/domain/ids.js'
import type { Clock, Random } from '../../schema/ports/clock.js'
import type { IdentityStore } from '../../schema/ports/control-plane.js'
import type { RateLimiter } from '../../schema/ports/limits.js'
import { fault } from '../user-fault.js'
import type { AccessTokens } from './access-token.js'
import { sha256 } from './authenticate.js'
import { type Caller, sessionCaller } from './caller.js'
import type { PasswordCheck } from './password.js'

/** A session as it is handed to who signed in. */
export interface OpenedSession {
  readonly accessToken: string
  readonly accessTokenExpiresAt: number
  readonly refreshToken: string
  readonly viewer: Caller
}

/** Where a request comes from, as it is shown in the list of sessions. */
export interface Origin {
  readonly ip: string | null
  readonly userAgent: string | null
}

export interface SignInInput {
  readonly email: string
  readonly password: string
  readonly orgSlug?: string | null
}

/** Opens, renews and ends sessions. Mistakes are thrown as `UserFault`. */
export interface Sessions {
  signIn(input: SignInInput, origin: Origin): Promise<OpenedSession>
  refresh(refreshToken: string, origin: Origin): Promise<OpenedSession>
  revoke(refreshToken: string): Promise<void>
}

const REFRESH_TOKEN_MS = 30 * 86_400_000
/** A refresh token used twice within this time is forgiven: two tabs, or an answer that got lost. */
const REUSE_GRACE_MS = 10_000

const WINDOW_MS = 15 * 60_000
/**
 * Attempts per window, taken before anything is hashed. The first stops guessing at one account from one place; the
 * second guessing at many; the third guessing from many places, wide enough that locking someone out takes effort.
 */
const ATTEMPTS = { emailAndAddress: 10, address: 60, email: 100 }

export function createSessions(deps: {
  readonly identity: IdentityStore
  readonly accessTokens: AccessTokens
  readonly passwords: PasswordCheck
  readonly limiter: RateLimiter
  readonly clock: Clock
  readonly random: Random
}): Sessions {
  const { identity, accessTokens, passwords, limiter, clock, random } = deps

  async function takeAttempt(keys: readonly (readonly [key: string, points: number])[], path: readonly string[]) {
    for (const [key, points] of keys) {
      const answer = await limiter.consume(key, 1, { points, windowMs: WINDOW_MS })
      if (answer.allowed) continue
      const seconds = Math.ceil(answer.resetMs / 1000)
      throw fault('LIMIT_EXCEEDED', path, `Too many attempts; the next one is possible in ${seconds} s.`)
    }
  }

  function newRefresh(now: number) {
    const token = Buffer.from(random.bytes(32)).toString('base64url')
    return { token, facts: { hash: sha256(token), expiresAt: now + REFRESH_TOKEN_MS } }
  }

  async function opened(sessionId: string, refreshToken: string, now: number): Promise<OpenedSession> {
    const facts = await identity.sessionCaller(sessionId)
    if (facts === null) throw fault('CREDENTIALS_INVALID', ['refreshToken'], 'The session has ended; sign in again.')
    const { token, expiresAt } = await accessTokens.issue(sessionId, now)
    return { accessToken: token, accessTokenExpiresAt: expiresAt, refreshToken, viewer: sessionCaller(facts) }
  }

  return {
    async signIn(input, origin) {
      const email = input.email.trim().toLowerCase()
      const who = Buffer.from(sha256(email)).toString('base64url')
      const from = origin.ip ?? 'unknown'
      await takeAttempt(
        [
          [`login:${who}:${from}`, ATTEMPTS.emailAndAddress],
          [`login:${from}`, ATTEMPTS.address],
          [`login:${who}`, ATTEMPTS.email],
        ],
        ['input'],
      )
      const wrong = () =>
        fault('CREDENTIALS_INVALID', ['input'], 'No user with this email and password was found, or not in this org.')
      // Hashing longer text costs the same, but moving it about does not.
      const password = input.password.slice(0, 1_024)
      const known = email.length > 320 ? null : await identity.userByEmail(email)
      if (!(await passwords.matches(password, known?.passwordHash ?? null)) || known === null) throw wrong()
      const memberships = await identity.memberships(known.user.id)
      const slug = input.orgSlug ?? null
      const membership = slug === null ? memberships[0] : memberships.find(({ org }) => org.slug === slug)
      if (membership === undefined) throw wrong()
      const now = clock.now()
      const { token, facts } = newRefresh(now)
      const session: SessionInfo = {
        id: newId('session', now, random.bytes(10)),
        userId: known.user.id,
        orgId: membership.org.id,
        createdAt: now,
        lastUsedAt: now,
        ip: origin.ip,
        userAgent: origin.userAgent?.slice(0, 512) ?? null,
      }
      await identity.openSession(session, facts)
      return opened(session.id, token, now)
    },

    async refresh(refreshToken, origin) {
      const from = origin.ip ?? 'unknown'
      await takeAttempt([[`refresh:${from}`, 600]], ['refreshToken'])
      const now = clock.now()
      const { token, facts } = newRefresh(now)
      const rotated = await identity.rotateRefresh(sha256(refreshToken), facts, { now, graceMs: REUSE_GRACE_MS })
      if (rotated.outcome === 'rotated') return opened(rotated.session.id, token, now)
      throw fault('CREDENTIALS_INVALID', ['refreshToken'], REFRESH_FAULTS[rotated.outcome])
    },

    async revoke(refreshToken) {
      if (await identity.revokeSession(sha256(refreshToken), clock.now())) return
      throw fault('CREDENTIALS_INVALID', ['refreshToken'], REFRESH_FAULTS.unknown)
    },
  }
}

const REFRESH_FAULTS = {
  unknown: 'The refresh token is unknown, or its session has ended.',
  expired: 'The refresh token has expired; sign in again.',
  revoked: 'The refresh token is unknown, or its session has ended.',
  reused: 'The refresh token was used before, so its session is ended for safety; sign in again.',
} as const
