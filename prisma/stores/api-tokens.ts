import type { ApiToken } from '../../schema/domain/identity.js'
import type { ApiTokenStore } from '../../schema/ports/control-plane.js'
import type { Database } from '../client.js'
import type { ApiToken as Row } from '../generated/client.js'
import { decodeCursor, encodeCursor, pageOf } from './cursor.js'

const LIST = 'apiTokens'

/** API tokens of one org. */
export function createApiTokenStore(database: Database, orgId: string): ApiTokenStore {
  return {
    async list(page) {
      const after = page.after === null ? '' : String(decodeCursor(LIST, page.after, ['string'])[0])
      const rows = await database.apiToken.findMany({
        where: { orgId, id: { gt: after } },
        orderBy: { id: 'asc' },
        take: page.first + 1,
      })
      return {
        ...pageOf(rows, page.first, (row) => encodeCursor(LIST, [row.id]), toApiToken),
        count: () => database.apiToken.count({ where: { orgId } }),
      }
    },
    async get(id) {
      const row = await database.apiToken.findFirst({ where: { orgId, id } })
      return row && toApiToken(row)
    },
    async create(token) {
      const row = await database.apiToken.create({
        data: {
          ...token,
          orgId,
          hash: Uint8Array.from(token.hash),
          scopes: [...token.scopes],
          createdAt: new Date(token.createdAt),
          expiresAt: token.expiresAt === null ? null : new Date(token.expiresAt),
        },
      })
      return toApiToken(row)
    },
    async revoke(id, now) {
      const { count } = await database.apiToken.updateMany({
        where: { orgId, id, revokedAt: null },
        data: { revokedAt: new Date(now) },
      })
      return count > 0
    },
  }
}

/** The token of a row. */
export function toApiToken(row: Row): ApiToken {
  return {
    id: row.id,
    orgId: row.orgId,
    userId: row.userId,
    name: row.name,
    scopes: row.scopes as ApiToken['scopes'][number][],
    createdAt: row.createdAt.getTime(),
    expiresAt: row.expiresAt?.getTime() ?? null,
    lastUsedAt: row.lastUsedAt?.getTime() ?? null,
    revokedAt: row.revokedAt?.getTime() ?? null,
  }
}
