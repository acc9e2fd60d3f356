import { SeverityNumber } from '@opentelemetry/api-logs'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRum, type Vital } from '../../client/browser.js'
import { createClient, signedAgent } from '../../client/index.js'
import { credential, SECRET } from '../ingest-edge.js'
import { scriptedPage } from '../scripted-page.js'
import { type IngestPipeline, openIngestPipeline } from './ingest-pipeline.js'

/* What the client library sends, from its call to the stored row, for every signal. */

const ORIGIN = 'https://shop.test'
let pipeline: IngestPipeline
beforeAll(async () => {
  pipeline = await openIngestPipeline([
    credential({ signals: ['logs', 'metrics', 'spans'] }),
    credential({ key: 'tk_page', scheme: 'BROWSER', signals: ['rum'], secrets: [], allowedOrigins: [ORIGIN] }),
  ])
})
afterAll(() => pipeline.close())

test('logs, metrics and spans of the client are stored as they were handed over', async () => {
  const client = createClient({ url: pipeline.url, key: 'tk_public', secret: SECRET, service: 'native' })
  const start = Date.now() - 1_000
  for (let i = 0; i < 2_100; i++) client.log({ message: `line ${i}`, level: 'warn', attributes: { deep: { n: i } } })
  for (let i = 0; i < 700; i++)
    client.span({
      traceId: i.toString(16).padStart(32, '0a'),
      spanId: (i + 1).toString(16).padStart(16, '0'),
      name: 'step',
      start: new Date(start),
      durationNs: 1_500_000,
      kind: 'client',
      attributes: { i },
    })
  client.metric({ name: 'queue_depth', value: 17, labels: { queue: 'mail' } })
  client.metric({ name: 'temperature', value: Number.NEGATIVE_INFINITY })
  expect(await client.close()).toBe(true)
  expect(client.stats()).toMatchObject({ accepted: 2_802, pending: 0 })
  await pipeline.settled()

  expect(
    await pipeline.select(
      `SELECT count() AS logs, uniqExact(message) AS messages, sum(attributes_number['deep.n']) AS sum, min(level) AS level
       FROM logs WHERE service = 'native'`,
    ),
  ).toEqual([{ logs: 2_100, messages: 2_100, sum: (2_099 * 2_100) / 2, level: 'warn' }])
  expect(
    await pipeline.select(
      `SELECT count() AS spans, uniqExact(trace_id) AS traces, sum(attributes_number['i']) AS sum, min(kind) AS kind
       FROM spans WHERE service = 'native'`,
    ),
  ).toEqual([{ spans: 700, traces: 700, sum: (699 * 700) / 2, kind: 'client' }])
  const samples = await pipeline.samples()
  expect(samples.map(({ name, labels, value }) => [name, labels, value])).toEqual([
    ['queue_depth', { queue: 'mail', service: 'native' }, 17],
    ['temperature', { service: 'native' }, Number.NEGATIVE_INFINITY],
  ])
})

test('what the official exporters send signed is stored whole', async () => {
  const resource = resourceFromAttributes({ 'service.name': 'signed' })
  const options = (path: string) => ({
    url: `${pipeline.url}${path}`,
    httpAgentOptions: signedAgent({ key: 'tk_public', secret: SECRET }),
    compression: CompressionAlgorithm.GZIP,
  })
  const logs = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor(new OTLPLogExporter(options('/v1/logs')))],
  })
  const tracers = new BasicTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter(options('/v1/traces')))],
  })
  const exporter = new OTLPMetricExporter(options('/v1/metrics'))
  const meters = new MeterProvider({ resource, readers: [new PeriodicExportingMetricReader({ exporter })] })
  for (let i = 0; i < 600; i++) {
    logs.getLogger('cart').emit({ severityNumber: SeverityNumber.INFO, body: `order ${i}` })
    tracers.getTracer('cart').startSpan(`step ${i}`).end()
  }
  meters.getMeter('cart').createCounter('placed').add(7)
  await Promise.all([logs.shutdown(), tracers.shutdown(), meters.shutdown()])
  await pipeline.settled()
  const count = (table: string, field: string) =>
    pipeline.select(`SELECT count() AS rows, uniqExact(${field}) AS distinct FROM ${table} WHERE service = 'signed'`)
  expect(await count('logs', 'message')).toEqual([{ rows: 600, distinct: 600 }])
  expect(await count('spans', 'name')).toEqual([{ rows: 600, distinct: 600 }])
  expect((await pipeline.samples()).find(({ name }) => name === 'placed_total')?.value).toBe(7)
})

test('what a page reports is stored', async () => {
  const { page, dispatch } = scriptedPage(`${ORIGIN}/cart?token=secret`)
  const fromPage = {
    ...page,
    Date,
    // As a browser does, which alone may set the origin.
    fetch: (url: string, { method, headers, body }: { method: string; headers: object; body: string }) =>
      fetch(url, { method, headers: { ...headers, origin: ORIGIN }, body }),
  }
  let report: (metric: Vital) => void = () => {}
  const rum = startRum(
    {
      url: pipeline.url,
      key: 'tk_page',
      app: 'shop',
      webVitals: {
        onINP: (to) => {
          report = to
        },
      },
    },
    fromPage,
  )
  report({ name: 'INP', value: 240, rating: 'needs-improvement' })
  dispatch('error', { error: new RangeError('too far') })
  rum.flush()
  await expect.poll(() => rum.stats()).toEqual({ sent: 3, dropped: 0, waiting: 0 })
  await pipeline.settled()
  expect(await pipeline.select(`SELECT * FROM rum WHERE app = 'shop' ORDER BY type`)).toMatchObject([
    { type: 'error', page: '/cart', error_type: 'RangeError', error_message: 'too far' },
    { type: 'view', page: '/cart', url: `${ORIGIN}/cart` },
    { type: 'vital', name: 'INP', value: 240, rating: 'needs-improvement' },
  ])
})
