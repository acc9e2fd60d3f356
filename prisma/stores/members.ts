import type { Member, Org, User } from '../../schema/domain/identity.js'
import type { MemberStore } from '../../schema/ports/control-plane.js'
import type { Database } from '../client.js'
import type { Membership, Org as OrgRow, User as UserRow } from '../generated/client.js'
import { decodeCursor, encodeCursor, pageOf } from './cursor.js'

const LIST = 'members'

/** Members of one org. */
export function createMemberStore(database: Database, orgId: string): MemberStore {
  return {
    async list(page) {
      const after = page.after === null ? '' : String(decodeCursor(LIST, page.after, ['string'])[0])
      const rows = await database.membership.findMany({
        where: { orgId, id: { gt: after } },
        orderBy: { id: 'asc' },
        take: page.first + 1,
        include: { user: true },
      })
      return {
        ...pageOf(rows, page.first, (row) => encodeCursor(LIST, [row.id]), toMember),
        count: () => database.membership.count({ where: { orgId } }),
      }
    },
    async get(id) {
      const row = await database.membership.findFirst({ where: { orgId, id }, include: { user: true } })
      return row && toMember(row)
    },
    async user(userId) {
      const row = await database.membership.findFirst({ where: { orgId, userId }, include: { user: true } })
      return row && toUser(row.user)
    },
  }
}

/** The user of a row, without the password's hash. */
export function toUser(row: UserRow): User {
  return { id: row.id, email: row.email, name: row.name, createdAt: row.createdAt.getTime() }
}

/** The org of a row. */
export function toOrg(row: OrgRow): Org {
  const { id, slug, name, version, operator } = row
  return { id, slug, name, version, operator, createdAt: row.createdAt.getTime() }
}

function toMember(row: Membership & { user: UserRow }): Member {
  return { id: row.id, user: toUser(row.user), role: row.role as Member['role'], joinedAt: row.joinedAt.getTime() }
}
