import type { Log } from '../../schema/ports/clock.js'
import type { FanOut, FanOutTopic } from '../../schema/ports/limits.js'
import { createSubscribers } from '../subscribers.js'
import { endClient, openRedis } from './connections.js'

const PUBLISH_TIMEOUT_MS = 5000

export interface RedisFanOutDeps {
  readonly url: string
  readonly log: Log
  /** See `RedisTarget`. */
  readonly ca?: string | undefined
  /** What the channel begins with. Channels are not kept apart by a server's numbered databases. */
  readonly prefix?: string
}

/**
 * Fan-out over PUBLISH, which a cluster carries to all its nodes: one connection listens, and does so again when it was
 * lost; what was said meanwhile is not heard. A message that cannot be sent is logged and dropped, as the port promises
 * no more.
 */
export function createRedisFanOut({ url, log, ca, prefix = 'tocsin:' }: RedisFanOutDeps): FanOut {
  const channel = `${prefix}fan-out`
  const subscribers = createSubscribers(log)
  const publisher = openRedis({ url, log, ca }, { name: 'publish', commandTimeoutMs: PUBLISH_TIMEOUT_MS })
  const listener = openRedis({ url, log, ca }, { name: 'listen', commandTimeoutMs: null })
  listener.on('message', (_: string, message: string) => {
    const [topic = '', ...rest] = message.split(' ')
    subscribers.tell(topic as FanOutTopic, rest.join(' '))
  })
  let closing = false
  const listening = listener.subscribe(channel).then(
    () => undefined,
    (error: unknown) => {
      if (!closing) log.warn({ err: error }, 'Other processes cannot be heard.')
    },
  )

  return {
    async publish(topic, payload) {
      try {
        await publisher.publish(channel, `${topic} ${payload}`)
      } catch (error) {
        log.warn({ err: error, topic }, 'A message to other processes was not sent.')
      }
    },
    async subscribe(topic, heard) {
      const stop = subscribers.add(topic, heard)
      await listening
      return stop
    },
    async close() {
      closing = true
      subscribers.clear()
      endClient(publisher)
      endClient(listener)
      await listening
    },
  }
}
