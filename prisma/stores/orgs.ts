import type { Org } from '../../schema/domain/identity.js'
import type { CountedPage, PageRequest } from '../../schema/ports/control-plane.js'
import type { Database } from '../client.js'
import { decodeCursor, encodeCursor, pageOf } from './cursor.js'
import { toOrg } from './members.js'

const LIST = 'orgs'

/** All orgs, by age. */
export async function listOrgs(database: Database, page: PageRequest): Promise<CountedPage<Org>> {
  const after = page.after === null ? '' : String(decodeCursor(LIST, page.after, ['string'])[0])
  const rows = await database.org.findMany({
    where: { id: { gt: after } },
    orderBy: { id: 'asc' },
    take: page.first + 1,
  })
  return {
    ...pageOf(rows, page.first, (row) => encodeCursor(LIST, [row.id]), toOrg),
    count: () => database.org.count(),
  }
}
