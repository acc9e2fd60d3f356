import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { SeverityNumber } from '@opentelemetry/api-logs'
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as ProtobufLogs } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { signCanonical } from './sign.js'
import { signedAgent } from './signed-agent.js'

const SECRET = 'a-secret'

interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

const received: Received[] = []
/** Answered in turn, then 200. */
const statuses: number[] = []
let server: Server
let url: string

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) })
      response.writeHead(statuses.shift() ?? 200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  received.length = 0
  statuses.length = 0
})

const httpAgentOptions = signedAgent({ key: 'tk_public', secret: SECRET })

function expectSigned({ path, headers, body }: Received): void {
  const encoding = headers['content-encoding']
  expect(headers['x-org-key']).toBe('tk_public')
  expect(headers).toMatchObject(
    signCanonical({
      secret: SECRET,
      method: 'POST',
      path,
      timestamp: Number(headers['x-timestamp']),
      idempotencyKey: String(headers['x-idempotency-key']),
      ...(encoding === undefined ? {} : { contentEncoding: encoding }),
      body,
    }),
  )
  expect(Math.abs(Number(headers['x-timestamp']) - Date.now())).toBeLessThan(60_000)
}

async function emitLogs(exporter: JsonLogs, ...messages: readonly string[]): Promise<void> {
  const provider = new LoggerProvider({ processors: [new BatchLogRecordProcessor(exporter)] })
  const logger = provider.getLogger('test')
  for (const body of messages) logger.emit({ severityNumber: SeverityNumber.INFO, body, timestamp: 1_700_000_000_000 })
  await provider.shutdown()
}

test.each([
  ['JSON', JsonLogs, CompressionAlgorithm.NONE],
  ['JSON, compressed', JsonLogs, CompressionAlgorithm.GZIP],
  ['protobuf', ProtobufLogs, CompressionAlgorithm.NONE],
  ['protobuf, compressed', ProtobufLogs, CompressionAlgorithm.GZIP],
])('the official exporter of logs sends %s signed and whole', async (name, Exporter, compression) => {
  await emitLogs(new Exporter({ url: `${url}/v1/logs`, httpAgentOptions, compression }), 'one', 'two')
  expect(received).toHaveLength(1)
  const [request] = received
  if (request === undefined) throw new Error('No request came.')
  expectSigned(request)
  const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(request.body) : request.body
  expect(request.headers['content-type']).toBe(name.startsWith('JSON') ? 'application/json' : 'application/x-protobuf')
  expect(plain.includes('one') && plain.includes('two')).toBe(true)
})

test('the official exporters of metrics and traces send signed', async () => {
  const exporter = new OTLPMetricExporter({ url: `${url}/v1/metrics`, httpAgentOptions })
  const meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] })
  meters.getMeter('test').createCounter('requests').add(3)
  await meters.shutdown()

  const traces = new OTLPTraceExporter({ url: `${url}/v1/traces?tenant=a`, httpAgentOptions })
  const tracers = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(traces)] })
  tracers.getTracer('test').startSpan('checkout').end()
  await tracers.shutdown()

  // The exporter leaves the query of its URL out of the request; what is sent is what is signed.
  expect(received.map(({ path }) => path)).toEqual(['/v1/metrics', '/v1/traces'])
  for (const request of received) expectSigned(request)
})

test('a retry keeps its idempotency key; the same bytes after an answer are another batch', async () => {
  statuses.push(503)
  await emitLogs(new JsonLogs({ url: `${url}/v1/logs`, httpAgentOptions }), 'same')
  await emitLogs(new JsonLogs({ url: `${url}/v1/logs`, httpAgentOptions }), 'same')
  expect(received.map(({ body }) => body.length > 0)).toEqual([true, true, true])
  for (const request of received) expectSigned(request)
  const [first, retry, other] = received.map(({ headers }) => headers['x-idempotency-key'])
  expect(retry).toBe(first)
  expect(other).not.toBe(first)
})
