import type { Pool } from 'pg'
import type { NotificationStore } from '../../schema/ports/notifications.js'
import type { Sealer } from '../sealing.js'
import { claim } from './claim.js'
import { handOver, stillWaiting, takeBack } from './hand-over.js'
import { record } from './record.js'
import { restart } from './restart.js'
import { settle } from './settle.js'
import { testTarget } from './test-target.js'

/** The outbox and the ledger on PostgreSQL. The caller owns the pool. */
export function createNotificationStore(deps: { readonly pool: Pool; readonly sealer: Sealer }): NotificationStore {
  const { pool, sealer } = deps
  return {
    handOver: (options) => handOver(pool, options),
    takeBack: (ids) => takeBack(pool, ids),
    stillWaiting: (deliveryIds, now) => stillWaiting(pool, deliveryIds, now),
    settle: (outboxId, now, plan) => settle(pool, outboxId, now, plan),
    claim: (deliveryId, times, decide) => claim(pool, sealer, deliveryId, times, decide),
    record: (claimed, attempt, advance) => record(pool, claimed, attempt, advance),
    restart: (now) => restart(pool, now),
    testTarget: (orgId, channelId) => testTarget(pool, sealer, orgId, channelId),
  }
}
