import type { SessionInfo } from '../../schema/domain/identity.js'
import type { Role } from '../../schema/domain/permission.js'
import type { CallerFacts, IdentityStore, RefreshFacts, RefreshOutcome } from '../../schema/ports/control-plane.js'
import type { Database, DatabaseScope } from '../client.js'
import type { Session } from '../generated/client.js'
import { toApiToken } from './api-tokens.js'
import { toOrg, toUser } from './members.js'

/** Users, sessions and tokens, of all orgs: what is asked to find out who calls. */
export function createIdentityStore(database: Database): IdentityStore {
  return {
    async userByEmail(email) {
      const row = await database.user.findUnique({ where: { email } })
      return row && { user: toUser(row), passwordHash: row.passwordHash }
    },
    async memberships(userId) {
      const rows = await database.membership.findMany({
        where: { userId },
        orderBy: [{ joinedAt: 'asc' }, { id: 'asc' }],
        include: { org: true },
      })
      return rows.map((row) => ({
        id: row.id,
        org: toOrg(row.org),
        role: row.role as Role,
        joinedAt: row.joinedAt.getTime(),
      }))
    },
    async openSession(session, refresh) {
      await database.session.create({
        data: {
          ...session,
          createdAt: new Date(session.createdAt),
          lastUsedAt: session.lastUsedAt === null ? null : new Date(session.lastUsedAt),
          refreshTokens: { create: refreshColumns(refresh) },
        },
      })
    },
    rotateRefresh: (hash, next, times) =>
      database.$transaction((transaction) => rotate(transaction, hash, next, times)),
    async revokeSession(hash, now) {
      const token = await database.refreshToken.findUnique({ where: { hash: Uint8Array.from(hash) } })
      if (token === null) return false
      const { count } = await database.session.updateMany({
        where: { id: token.sessionId, revokedAt: null },
        data: { revokedAt: new Date(now) },
      })
      return count > 0
    },
    async sessionCaller(sessionId) {
      const row = await database.session.findUnique({ where: { id: sessionId }, include: { user: true } })
      if (row === null || row.revokedAt !== null) return null
      const facts = await membershipOf(database, row.orgId, row.userId)
      return facts && { ...facts, user: toUser(row.user), session: toSession(row) }
    },
    async tokenCaller(hash, now) {
      const row = await database.apiToken.findUnique({
        where: { hash: Uint8Array.from(hash) },
        include: { user: true },
      })
      if (row === null || row.revokedAt !== null) return null
      if (row.expiresAt !== null && row.expiresAt.getTime() <= now) return null
      const facts = await membershipOf(database, row.orgId, row.userId)
      return facts && { ...facts, user: toUser(row.user), token: toApiToken(row) }
    },
    async touchToken(id, at) {
      await database.apiToken.updateMany({ where: { id }, data: { lastUsedAt: new Date(at) } })
    },
    async sessions(userId) {
      const rows = await database.session.findMany({
        where: { userId, revokedAt: null },
        orderBy: { id: 'desc' },
        take: 100,
      })
      return rows.map(toSession)
    },
  }
}

async function membershipOf(
  database: Database,
  orgId: string,
  userId: string,
): Promise<Pick<CallerFacts, 'org' | 'role'> | null> {
  const row = await database.membership.findUnique({
    where: { orgId_userId: { orgId, userId } },
    include: { org: true },
  })
  return row && { org: toOrg(row.org), role: row.role as Role }
}

async function rotate(
  transaction: DatabaseScope,
  tokenHash: Uint8Array,
  next: RefreshFacts,
  { now, graceMs }: { readonly now: number; readonly graceMs: number },
): Promise<RefreshOutcome> {
  const hash = Uint8Array.from(tokenHash)
  const at = new Date(now)
  const token = await transaction.refreshToken.findUnique({ where: { hash }, include: { session: true } })
  if (token === null) return { outcome: 'unknown' }
  if (token.session.revokedAt !== null) return { outcome: 'revoked' }
  if (token.expiresAt.getTime() <= now) return { outcome: 'expired' }
  const { count } = await transaction.refreshToken.updateMany({ where: { hash, usedAt: null }, data: { usedAt: at } })
  if (count === 0) {
    // Used before, or this very moment by a sibling request, which the grace forgives.
    const used = await transaction.refreshToken.findUniqueOrThrow({ where: { hash } })
    if (now - (used.usedAt?.getTime() ?? now) > graceMs) {
      await transaction.session.update({ where: { id: token.sessionId }, data: { revokedAt: at } })
      return { outcome: 'reused' }
    }
  }
  await transaction.refreshToken.create({ data: { ...refreshColumns(next), sessionId: token.sessionId } })
  const session = await transaction.session.update({ where: { id: token.sessionId }, data: { lastUsedAt: at } })
  return { outcome: 'rotated', session: toSession(session) }
}

function refreshColumns(refresh: RefreshFacts) {
  return { hash: Uint8Array.from(refresh.hash), expiresAt: new Date(refresh.expiresAt) }
}

function toSession(row: Session): SessionInfo {
  return {
    id: row.id,
    userId: row.userId,
    orgId: row.orgId,
    createdAt: row.createdAt.getTime(),
    lastUsedAt: row.lastUsedAt?.getTime() ?? null,
    ip: row.ip,
    userAgent: row.userAgent,
  }
}
