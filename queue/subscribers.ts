import type { Log } from '../schema/ports/clock.js'
import type { FanOutTopic } from '../schema/ports/limits.js'

/** Who listens in this process. */
export interface Subscribers {
  /** Returns how to stop. */
  add(topic: FanOutTopic, heard: (payload: string) => void): () => Promise<void>
  /** One subscriber that throws keeps no other from hearing. */
  tell(topic: FanOutTopic, payload: string): void
  clear(): void
}

export function createSubscribers(log: Log): Subscribers {
  const byTopic = new Map<FanOutTopic, Set<(payload: string) => void>>()
  return {
    add(topic, heard) {
      // The same function may subscribe twice, so each subscription is a function of its own.
      const own = (payload: string) => heard(payload)
      const peers = byTopic.get(topic) ?? new Set()
      byTopic.set(topic, peers.add(own))
      return async () => {
        peers.delete(own)
      }
    },
    tell(topic, payload) {
      for (const heard of byTopic.get(topic) ?? []) {
        try {
          heard(payload)
        } catch (error) {
          log.error({ err: error, topic }, 'A subscriber failed to take in a message.')
        }
      }
    },
    clear() {
      byTopic.clear()
    },
  }
}
