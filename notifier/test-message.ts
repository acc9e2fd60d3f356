import { newId } from '../schema/domain/ids.js'
import type { Message } from '../schema/domain/notification.js'
import type { Clock, Log, Random } from '../schema/ports/clock.js'
import type { NotificationStore } from '../schema/ports/notifications.js'
import type { Send } from './channel.js'
import { sendOnce } from './send-once.js'

/** What became of a test message. `detail` is for people and holds no secret. */
export interface ChannelTest {
  readonly delivered: boolean
  readonly detail: string
}

/**
 * Sends a message that says it is a test, at once and once, also to a disabled channel. It stands in no ledger. Null
 * when the org has no such channel.
 */
export function createChannelTest(deps: {
  readonly store: NotificationStore
  readonly send: Send
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}): (orgId: string, channelId: string) => Promise<ChannelTest | null> {
  const { store, clock, random } = deps
  return async (orgId, channelId) => {
    const target = await store.testTarget(orgId, channelId)
    if (target === null) return null
    const now = clock.now()
    const deliveryId = newId('delivery', now, random.bytes(10))
    const result = await sendOnce(deps, target.config, {
      deliveryId,
      says: 'test',
      message: testMessage(target.org, target.channel.key, newId('notification', now, random.bytes(10)), now),
      link: null,
      thread: { deliveryId, receipt: null },
      now,
    })
    return { delivered: result.outcome === 'delivered', detail: result.detail }
  }
}

function testMessage(org: Message['org'], channelKey: string, notificationId: string, now: number): Message {
  return {
    notificationId,
    kind: 'firing',
    org,
    incident: {
      id: 'inc_test',
      number: 0,
      title: `This is a test of channel ${channelKey}; nothing is wrong`,
      severity: 'INFO',
      labels: {},
      startedAt: now,
      resolvedAt: null,
    },
    monitor: null,
    value: null,
    reason: 'test',
    at: now,
  }
}
