import type { NativeSpan } from '../ingest/parse/native-spans.js'
import { seeded } from './seeded.js'

const SERVICES = ['checkout', 'cart', 'payment', 'catalogue', 'search', 'gateway', 'identity', 'shipping']
const ROUTES = ['/api/orders', '/api/orders/:id', '/api/cart', '/api/products/:id', '/api/search', '/login']
/** Spans of one trace. */
const A_TRACE = 10

/** The trace of which each batch holds one span, by which the batch is found. */
export const MARKER_TRACE = 'b'.repeat(32)

/**
 * Spans of about 670 bytes each in JSON, as OpenTelemetry's libraries describe a request that goes through services; the
 * same seed gives the same spans. The first belongs to the marker's trace.
 *
 * @param now Unix ms; the spans lie in the second before.
 */
export function sampleSpans(seed: number, count: number, now: number): NativeSpan[] {
  const random = seeded(seed)
  const hex = (digits: number) => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('')
  const spans: NativeSpan[] = []
  while (spans.length < count) {
    const isMarker = spans.length === 0
    const trace = { traceId: isMarker ? MARKER_TRACE : hex(32), startMs: now - Math.floor(random() * 1_000) }
    const ids: string[] = []
    for (let i = 0; i < (isMarker ? 1 : A_TRACE) && spans.length < count; i++) {
      const spanId = hex(16)
      const parentSpanId = ids[Math.floor(random() * ids.length)]
      ids.push(spanId)
      spans.push(
        sampleSpan(random, { ...trace, spanId, ...(parentSpanId === undefined ? {} : { parentSpanId }), place: i }),
      )
    }
  }
  return spans
}

/** Spans of one large trace: the first is its root, each other one below one of those before it. */
export function largeTrace(traceId: string, count: number, now: number): NativeSpan[] {
  const random = seeded(count)
  const id = (i: number) => (i + 1).toString(16).padStart(16, '0')
  return Array.from({ length: count }, (_, i) => {
    const parent = i === 0 ? {} : { parentSpanId: id(Math.max(0, i - 1 - Math.floor(random() * 200))) }
    return sampleSpan(random, {
      traceId,
      startMs: now - 60_000 + (i * 50_000) / count,
      spanId: id(i),
      ...parent,
      place: i,
    })
  })
}

interface Place {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly startMs: number
  readonly place: number
}

function sampleSpan(random: () => number, { startMs, place, ...ids }: Place): NativeSpan {
  const pick = <Item>(from: readonly Item[]) => from[Math.floor(random() * from.length)] as Item
  const service = pick(SERVICES)
  const failed = random() < 0.02
  const start = startMs + place / 1_000
  return {
    ...ids,
    service,
    name: `${pick(['GET', 'POST'])} ${pick(ROUTES)}`,
    kind: pick(['server', 'client', 'internal']),
    start: `${new Date(start).toISOString().slice(0, -1)}${String(Math.floor(random() * 1e6)).padStart(6, '0')}Z`,
    durationNs: Math.floor(random() * 50_000_000),
    status: failed ? 'error' : 'unset',
    statusMessage: failed ? 'the upstream did not answer in time' : null,
    attributes: {
      'http.request.method': 'GET',
      'http.route': pick(ROUTES),
      'http.response.status_code': failed ? 503 : 200,
      'url.path': `/api/orders/${Math.floor(random() * 100_000)}`,
      'server.address': `${service}.internal`,
      'thread.id': Math.floor(random() * 64),
      cached: random() < 0.3,
    },
    resource: {
      'service.name': service,
      'service.version': '4.2.1',
      'host.name': `node-${Math.floor(random() * 20)}`,
      'deployment.environment': 'production',
    },
    scope: { name: 'http-instrumentation', version: '0.57.1' },
  }
}
