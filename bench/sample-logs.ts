import type { NativeLog } from '../ingest/parse/native-logs.js'
import { seeded } from './seeded.js'

const SERVICES = ['checkout', 'cart', 'payment', 'catalogue', 'search', 'gateway', 'identity', 'shipping']
const WORDS =
  'request finished started upstream connection pool worker timeout accepted user order payment shipped cache miss retry'.split(
    ' ',
  )

/** Service of the last log of a batch, by which it is found in a query. Seeds share one by the hundred, as pages do. */
export function markerService(seed: number): string {
  return `bench-marker-${Math.floor(seed / 100)}`
}

/**
 * Logs of about 370 bytes each in JSON, as a web shop's services write them; the same seed gives the same logs. The last
 * is the marker.
 *
 * @param now Unix ms; the logs lie in the second before.
 */
export function sampleLogs(seed: number, count: number, now: number): NativeLog[] {
  const random = seeded(seed)
  const pick = <Item>(from: readonly Item[]) => from[Math.floor(random() * from.length)] as Item
  const hex = (digits: number) => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('')
  return Array.from({ length: count }, (_, i) => {
    let message = `${pick(['GET', 'POST'])} /api/${pick(SERVICES)}/${Math.floor(random() * 10_000)}`
    while (message.length < 126) message += ` ${pick(WORDS)}`
    return {
      timestamp: new Date(now - Math.floor(random() * 1_000)).toISOString(),
      service: i === count - 1 ? markerService(seed) : pick(SERVICES),
      level: random() < 0.05 ? 'error' : 'info',
      message,
      traceId: hex(32),
      spanId: hex(16),
      attributes: {
        host: `node-${Math.floor(random() * 20)}`,
        status: pick([200, 200, 200, 201, 404, 500]),
        duration_ms: Math.round(random() * 10_000) / 10,
        cached: random() < 0.3,
      },
    }
  })
}
