import { SeverityNumber } from '@opentelemetry/api-logs'
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as ProtobufLogs } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtobufMetrics } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufTraces } from '@opentelemetry/exporter-trace-otlp-proto'
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { AggregationType, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BEARER_SECRET, type IngestPipeline, openIngestPipeline } from './ingest-pipeline.js'

let pipeline: IngestPipeline

beforeAll(async () => {
  pipeline = await openIngestPipeline()
})
afterAll(() => pipeline.close())

const KINDS = {
  json: { Logs: JsonLogs, Metrics: JsonMetrics, Traces: JsonTraces },
  protobuf: { Logs: ProtobufLogs, Metrics: ProtobufMetrics, Traces: ProtobufTraces },
} as const

const options = (path: string) => ({
  url: `${pipeline.url}${path}`,
  headers: { authorization: `Bearer ${BEARER_SECRET}` },
  compression: CompressionAlgorithm.GZIP,
})

describe.each(['json', 'protobuf'] as const)("OpenTelemetry's exporters speaking %s", (kind) => {
  const { Logs, Metrics, Traces } = KINDS[kind]
  const resource = resourceFromAttributes({ 'service.name': `shop-${kind}`, 'host.name': 'a' })

  test('logs arrive whole', async () => {
    const provider = new LoggerProvider({
      resource,
      processors: [new BatchLogRecordProcessor(new Logs(options('/v1/logs')))],
    })
    const logger = provider.getLogger('cart', '1.2')
    for (let i = 0; i < 1_500; i++)
      logger.emit({
        severityNumber: SeverityNumber.WARN2,
        body: `order ${i}`,
        attributes: { number: i, deep: { ok: true }, list: ['a', 1] },
      })
    await provider.shutdown()
    await pipeline.settled()
    expect(
      await pipeline.select(
        `SELECT count() AS logs, uniqExact(message) AS messages, sum(attributes_number['number']) AS sum, min(level) AS level
         FROM logs WHERE service = 'shop-${kind}'`,
      ),
    ).toEqual([{ logs: 1_500, messages: 1_500, sum: (1_499 * 1_500) / 2, level: 'warn' }])
    const [first] = await pipeline.select(
      `SELECT attributes_string AS strings, attributes_bool AS bools FROM logs WHERE service = 'shop-${kind}' LIMIT 1`,
    )
    expect(first).toEqual({
      strings: {
        list: '["a",1]',
        'resource.service.name': `shop-${kind}`,
        'resource.host.name': 'a',
        'scope.name': 'cart',
        'scope.version': '1.2',
      },
      bools: { 'deep.ok': true },
    })
  })

  test('traces arrive whole', async () => {
    const provider = new BasicTracerProvider({
      resource,
      spanProcessors: [new BatchSpanProcessor(new Traces(options('/v1/traces')), { maxQueueSize: 10_000 })],
    })
    const tracer = provider.getTracer('cart', '1.2')
    const ids: string[] = []
    for (let i = 0; i < 1_200; i++) {
      const span = tracer.startSpan(`step ${i}`, { kind: 1, attributes: { i } })
      span.addEvent('half', { percent: 50 })
      span.setStatus({ code: 2, message: 'no' })
      span.end()
      ids.push(span.spanContext().traceId)
    }
    await provider.shutdown()
    await pipeline.settled()
    expect(
      await pipeline.select(
        `SELECT count() AS spans, uniqExact(trace_id) AS traces, sum(attributes_number['i']) AS sum, min(kind) AS kind,
           min(status) AS status, min(status_message) AS message, min(scope_name) AS scope, min(events_name[1]) AS event
         FROM spans WHERE service = 'shop-${kind}'`,
      ),
    ).toEqual([
      {
        ...{ spans: 1_200, traces: 1_200, sum: (1_199 * 1_200) / 2, kind: 'server' },
        ...{ status: 'error', message: 'no', scope: 'cart', event: 'half' },
      },
    ])
    const [lookup] = await pipeline.select(`SELECT sum(spans) AS spans FROM traces WHERE trace_id = '${ids[7]}'`)
    expect(lookup).toEqual({ spans: 1 })
  })

  test('metrics arrive whole', async () => {
    const reader = new PeriodicExportingMetricReader({
      exporter: new Metrics(options('/v1/metrics')),
      exportIntervalMillis: 3_600_000,
    })
    const aggregation = { type: AggregationType.EXPONENTIAL_HISTOGRAM } as const
    const provider = new MeterProvider({
      resource,
      readers: [reader],
      views: [{ instrumentName: 'size', aggregation }],
    })
    const meter = provider.getMeter('cart', '1.2')
    meter.createCounter('orders.placed').add(7, { region: 'eu' })
    meter.createUpDownCounter('carts').add(-2)
    const took = meter.createHistogram('took', { advice: { explicitBucketBoundaries: [1, 5] } })
    const size = meter.createHistogram('size')
    for (const value of [0.5, 3, 9]) {
      took.record(value)
      size.record(value)
    }
    await provider.shutdown()
    await pipeline.settled()
    const stored = (await pipeline.samples()).filter(({ labels }) => labels.service === `shop-${kind}`)
    const value = (name: string, label = '') =>
      stored.find((sample) => sample.name === name && (label === '' || Object.values(sample.labels).includes(label)))
        ?.value
    expect(value('orders_placed_total', 'eu')).toBe(7)
    expect(value('carts')).toBe(-2)
    expect(['1', '5', '+Inf'].map((le) => value('took_bucket', le))).toEqual([1, 2, 3])
    expect([value('took_sum'), value('took_count')]).toEqual([12.5, 3])
    expect([value('size_sum'), value('size_count'), value('size_bucket', '+Inf')]).toEqual([12.5, 3, 3])
    expect(value('target_info', 'a')).toBe(1)
  })
})
