import type { Log } from '../../schema/ports/clock.js'
import type { FanOut } from '../../schema/ports/limits.js'
import { createSubscribers } from '../subscribers.js'

/** Fan-out within one process. A message is heard after `publish` has returned, as from afar. */
export function createMemoryFanOut({ log }: { readonly log: Log }): FanOut {
  const subscribers = createSubscribers(log)
  return {
    async publish(topic, payload) {
      queueMicrotask(() => subscribers.tell(topic, payload))
    },
    async subscribe(topic, heard) {
      return subscribers.add(topic, heard)
    },
    async close() {
      subscribers.clear()
    },
  }
}
