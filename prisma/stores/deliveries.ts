import type { DeliveryRecord, DeliveryStore } from '../../schema/ports/control-plane.js'
import type { Database } from '../client.js'
import type { DeliveryAttempt, Delivery as Row } from '../generated/client.js'
import { decodeCursor, encodeCursor, pageOf } from './cursor.js'

const LIST = 'deliveries'
const WITH_ATTEMPTS = { attempts: { orderBy: [{ at: 'asc' as const }, { id: 'asc' as const }] } }

/** The ledger of one org, read only: the notifier writes it. */
export function createDeliveryStore(database: Database, orgId: string): DeliveryStore {
  return {
    async list(page, filter) {
      const where = {
        orgId,
        ...(filter.statuses === undefined ? {} : { status: { in: [...filter.statuses] } }),
        ...(filter.incidentId === undefined ? {} : { incidentId: filter.incidentId }),
      }
      const [at, id] = page.after === null ? [] : decodeCursor(LIST, page.after, ['number', 'string'])
      const last = new Date(Number(at))
      const older = { OR: [{ createdAt: { lt: last } }, { createdAt: last, id: { lt: String(id) } }] }
      const rows = await database.delivery.findMany({
        where: at === undefined ? where : { ...where, ...older },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: page.first + 1,
        include: WITH_ATTEMPTS,
      })
      return {
        ...pageOf(rows, page.first, (row) => encodeCursor(LIST, [row.createdAt.getTime(), row.id]), toDelivery),
        count: () => database.delivery.count({ where }),
      }
    },
    async get(id) {
      const row = await database.delivery.findFirst({ where: { orgId, id }, include: WITH_ATTEMPTS })
      return row && toDelivery(row)
    },
  }
}

function toDelivery(row: Row & { attempts: DeliveryAttempt[] }): DeliveryRecord {
  return {
    id: row.id,
    incidentId: row.incidentId,
    channelId: row.channelId,
    status: row.status as DeliveryRecord['status'],
    reason: row.reason,
    createdAt: row.createdAt.getTime(),
    deliveredAt: row.deliveredAt?.getTime() ?? null,
    attempts: row.attempts.map((attempt) => ({
      at: attempt.at.getTime(),
      durationMs: attempt.durationMs,
      outcome: attempt.outcome,
      detail: attempt.detail,
      nextAt: attempt.nextAt?.getTime() ?? null,
    })),
  }
}
