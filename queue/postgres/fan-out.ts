import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Log } from '../../schema/ports/clock.js'
import type { FanOut, FanOutTopic } from '../../schema/ports/limits.js'
import { createSubscribers } from '../subscribers.js'
import { createPool } from './pool.js'

const CHANNEL = 'tocsin_fan_out'
/** PostgreSQL refuses 8,000 bytes and more; topic and separator stand before the payload. */
const MAX_PAYLOAD_BYTES = 7900
const RETRY_MS = { first: 100, most: 5000 }
const PUBLISH_TIMEOUT_MS = 5000

/**
 * Fan-out over LISTEN/NOTIFY: one connection listens, and is made again when it is lost; what was said meanwhile is not
 * heard. A message that cannot be sent is logged and dropped, as the port promises no more: the change it tells of is
 * stored already and must not fail for it.
 */
export function createPostgresFanOut(deps: { readonly connectionString: string; readonly log: Log }): FanOut {
  const { connectionString, log } = deps
  const subscribers = createSubscribers(log)
  const publishers = createPool(
    { connectionString, name: 'fan-out', max: 2, statementTimeoutMs: PUBLISH_TIMEOUT_MS },
    log,
  )
  const closing = new AbortController()
  let client: pg.Client | null = null
  /** Settles when this process listens, or at `close`. */
  let listening = listen()

  async function listen(): Promise<void> {
    for (let waitMs = RETRY_MS.first; !closing.signal.aborted; waitMs = Math.min(waitMs * 2, RETRY_MS.most)) {
      const candidate = new pg.Client({
        connectionString,
        application_name: 'tocsin listen',
        connectionTimeoutMillis: 5000,
        keepAlive: true,
      })
      candidate.on('notification', ({ payload = '' }) => {
        const [topic = '', ...rest] = payload.split(' ')
        subscribers.tell(topic as FanOutTopic, rest.join(' '))
      })
      // An error is followed by 'end', which begins anew; before the connection stands, `connect` fails with it too.
      candidate.on('error', (error) => log.warn({ err: error }, 'The connection that hears other processes was lost.'))
      try {
        await candidate.connect()
        await candidate.query(`LISTEN ${CHANNEL}`)
        candidate.on('end', () => {
          if (client === candidate) listening = listen()
        })
        client = candidate
        return
      } catch (error) {
        log.warn({ err: error, retryInMs: waitMs }, 'Other processes cannot be heard yet.')
        await candidate.end().catch((endError) => log.debug({ err: endError }, 'A broken connection was dropped.'))
        // Ends early, with an AbortError, at `close`.
        await sleep(waitMs, undefined, { signal: closing.signal }).catch(() => undefined)
      }
    }
  }

  let closed: Promise<void> | null = null
  async function shut(): Promise<void> {
    closing.abort()
    await listening
    const last = client
    client = null
    subscribers.clear()
    await Promise.all([last?.end(), publishers.end()])
  }

  return {
    async publish(topic, payload) {
      if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES)
        throw new Error(`A message for ${topic} has more than ${MAX_PAYLOAD_BYTES} bytes; send an id instead.`)
      try {
        await publishers.query('SELECT pg_notify($1, $2)', [CHANNEL, `${topic} ${payload}`])
      } catch (error) {
        log.warn({ err: error, topic }, 'A message to other processes was not sent.')
      }
    },
    async subscribe(topic, heard) {
      const stop = subscribers.add(topic, heard)
      await listening
      return stop
    },
    close() {
      closed ??= shut()
      return closed
    },
  }
}
