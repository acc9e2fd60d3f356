import { randomBytes } from 'node:crypto'
import snappy from 'snappyjs'
import type { Bootstrap } from '../cli/bootstrap.js'
import { REQUESTS } from '../ingest/otlp/messages.js'
import { WRITE_REQUEST } from '../ingest/remote-write/messages.js'
import type { Signal } from '../schema/domain/signal.js'
import { sampleLogs } from './sample-logs.js'
import type { ReadyRequest } from './send.js'
import { signedJson } from './signed-json.js'

/** Requests of one kind at a steady rate. */
export interface Stream {
  readonly name: string
  readonly signal: Signal
  readonly path: string
  readonly perSecond: number
  /** Items in one request. */
  readonly items: number
  /** The request that is due at `now`, Unix ms. */
  make(number: number, now: number): ReadyRequest
}

const SERVICES = ['checkout', 'cart', 'payment', 'catalogue']
const WRITTEN_SERIES = 2_000

/** Every signal by every protocol that carries it, as services, agents, pages and Prometheus send them together. */
export function streams(bootstrap: Bootstrap, load: number): Stream[] {
  const bearer = (type: string, more: Readonly<Record<string, string>> = {}) => ({
    authorization: `Bearer ${bootstrap.bearerKey.secret}`,
    'content-type': type,
    ...more,
  })
  const protobuf = (signal: 'logs' | 'spans' | 'metrics', request: object): ReadyRequest => ({
    headers: bearer('application/x-protobuf'),
    body: Buffer.from(REQUESTS[signal].encode(REQUESTS[signal].fromObject(request)).finish()),
  })
  return [
    {
      name: 'native logs',
      signal: 'logs',
      path: '/v1/logs',
      perSecond: 5 * load,
      items: 1_000,
      make: (number, now) => signedJson(bootstrap, '/v1/logs', { logs: sampleLogs(number, 1_000, now) }),
    },
    {
      name: 'native events of pages',
      signal: 'rum',
      path: '/v1/rum',
      perSecond: 2 * load,
      items: 200,
      make: (number) => signedJson(bootstrap, '/v1/rum', { events: pageEvents(number, 200) }),
    },
    {
      name: 'OTLP logs',
      signal: 'logs',
      path: '/v1/logs',
      perSecond: 2 * load,
      items: 512,
      make: (number, now) => protobuf('logs', { resourceLogs: [exportedLogs(number, 512, now)] }),
    },
    {
      name: 'OTLP spans',
      signal: 'spans',
      path: '/v1/traces',
      perSecond: 4 * load,
      items: 512,
      make: (number, now) => protobuf('spans', { resourceSpans: [exportedSpans(number, 512, now)] }),
    },
    {
      name: 'OTLP metrics',
      signal: 'metrics',
      path: '/v1/metrics',
      perSecond: load,
      items: 500,
      make: (number, now) => protobuf('metrics', { resourceMetrics: [exportedGauges(number, 500, now)] }),
    },
    {
      name: 'remote write',
      signal: 'metrics',
      path: '/api/v1/write',
      perSecond: 4 * load,
      items: WRITTEN_SERIES,
      make: (number, now) => ({
        headers: bearer('application/x-protobuf', { 'content-encoding': 'snappy' }),
        body: Buffer.from(
          snappy.compress(WRITE_REQUEST.encode(WRITE_REQUEST.fromObject(written(number, now))).finish()),
        ),
      }),
    },
  ]
}

const text = (key: string, value: string) => ({ key, value: { stringValue: value } })
const resource = (number: number) => ({
  attributes: [
    text('service.name', SERVICES[number % SERVICES.length] ?? ''),
    text('host.name', `node-${number % 20}`),
  ],
})
const nanoseconds = (ms: number) => `${Math.floor(ms)}000000`

function exportedLogs(number: number, count: number, now: number): object {
  const logRecords = sampleLogs(number, count, now).map(({ message, level, attributes }, i) => ({
    timeUnixNano: nanoseconds(now - (i % 1_000)),
    severityText: level,
    body: { stringValue: message },
    attributes: Object.entries(attributes ?? {}).map(([key, value]) => text(key, String(value))),
  }))
  return { resource: resource(number), scopeLogs: [{ scope: { name: 'bench' }, logRecords }] }
}

function exportedSpans(number: number, count: number, now: number): object {
  const spans: object[] = []
  let traceId = ''
  let root = ''
  for (let i = 0; i < count; i++) {
    const isRoot = i % 16 === 0
    if (isRoot) traceId = randomBytes(16).toString('base64')
    const spanId = randomBytes(8).toString('base64')
    if (isRoot) root = spanId
    spans.push({
      traceId,
      spanId,
      ...(isRoot ? {} : { parentSpanId: root }),
      name: `GET /api/${SERVICES[i % SERVICES.length]}`,
      kind: 2,
      startTimeUnixNano: nanoseconds(now - 100),
      endTimeUnixNano: nanoseconds(now - (i % 100)),
      attributes: [text('http.request.method', 'GET'), text('http.route', `/api/${i % 30}`)],
      status: { code: i % 40 === 0 ? 2 : 0 },
    })
  }
  return { resource: resource(number), scopeSpans: [{ scope: { name: 'bench' }, spans }] }
}

function exportedGauges(number: number, count: number, now: number): object {
  const dataPoints = Array.from({ length: count }, (_, i) => ({
    timeUnixNano: nanoseconds(now),
    asDouble: (number + i) % 100,
    attributes: [text('queue', `q-${i}`)],
  }))
  // One service for all, since two requests at one time would else be other series.
  const metrics = [{ name: 'bench_queue_depth', gauge: { dataPoints } }]
  return { resource: resource(0), scopeMetrics: [{ scope: { name: 'bench' }, metrics }] }
}

function written(number: number, timestamp: number): object {
  const value = { low: 0, high: 0x40000000 + (number % 1_000), unsigned: true }
  const timeseries = Array.from({ length: WRITTEN_SERIES }, (_, i) => ({
    labels: [
      { name: '__name__', value: 'bench_requests_total' },
      { name: 'instance', value: `10.0.${i >> 8}.${i & 255}:9100` },
      { name: 'job', value: 'api' },
    ],
    samples: [{ value, timestamp }],
  }))
  return { timeseries }
}

function pageEvents(number: number, count: number): object[] {
  return Array.from({ length: count }, (_, i) =>
    i % 20 === 0
      ? { type: 'error', app: 'shop', session: `s-${number}`, page: '/cart', error: { message: `x${i} is undefined` } }
      : { type: 'vital', name: 'LCP', value: 1_000 + i, app: 'shop', session: `s-${number}`, page: `/p/${i % 50}` },
  )
}
