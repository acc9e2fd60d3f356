import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { packageRoot } from '../../package-root.js'
import { packBody } from '../../schema/ports/packed-body.js'
import type { ParsedBatch } from '../parse/batch.js'
import { toLogRows, toMetricSamples, toSpanRows } from '../parse/index.js'
import { LISTS, type OtlpSignal, REQUESTS } from './messages.js'

const folder = process.env.TOCSIN_TEST_DATA ?? join(packageRoot(), '..', 'shared', 'data')
const AT = 1_795_231_369_462

/** The protobuf form of a payload in OTLP's JSON: ids are hexadecimal there, so they are not what protobufjs expects. */
function encoded(signal: OtlpSignal, payload: unknown): Uint8Array {
  const type = REQUESTS[signal]
  const plain = JSON.parse(JSON.stringify(payload), (key, value: unknown) => {
    const isId = /^(?:trace|span|parentSpan)Id$/.test(key) && typeof value === 'string'
    return isId ? Buffer.from(value, 'hex').toString('base64') : value
  }) as Record<string, unknown>
  return type.encode(type.fromObject(plain)).finish()
}

function batch(protocol: ParsedBatch['protocol'], body: Uint8Array): ParsedBatch {
  return {
    batchId: '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
    orgId: 'org_1',
    protocol,
    acceptedAt: AT,
    body: packBody(body),
  }
}

/** What would be stored, as text. */
function stored(signal: OtlpSignal, one: ParsedBatch): string {
  if (signal === 'metrics') return JSON.stringify(toMetricSamples([one]))
  const { rows, lines } = signal === 'logs' ? toLogRows([one]) : toSpanRows([one])
  return Buffer.from(rows).toString('latin1') + JSON.stringify(lines)
}

function both(signal: OtlpSignal, payload: unknown): [json: string, protobuf: string] {
  return [
    stored(signal, batch('otlp-json', Buffer.from(JSON.stringify(payload)))),
    stored(signal, batch('otlp-protobuf', encoded(signal, payload))),
  ]
}

describe.skipIf(!existsSync(join(folder, 'otlp')))("the specification's examples", () => {
  test.each<[string, OtlpSignal]>([
    ['logs.json', 'logs'],
    ['events.json', 'logs'],
    ['trace.json', 'spans'],
    ['metrics.json', 'metrics'],
  ])('%s is stored the same from JSON and protobuf', (name, signal) => {
    const payload: unknown = JSON.parse(readFileSync(join(folder, 'otlp', name), 'utf8'))
    const [json, protobuf] = both(signal, payload)
    expect(json).toBe(protobuf)
    expect(json).toContain('my.')
  })
})

const ns = fc.bigInt(1_700_000_000_000_000_000n, 1_800_000_000_000_000_000n).map(String)
const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((id) => `a${Buffer.from(id).toString('hex').slice(1)}`)
const anyValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.record({ stringValue: fc.string({ unit: 'grapheme' }) }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String) }),
    fc.record({ doubleValue: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0) }),
    fc.record({ bytesValue: fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString('base64')) }),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie('value'), { maxLength: 3 }) }) }),
    fc.record({ kvlistValue: fc.record({ values: fc.array(tie('pair'), { maxLength: 3 }) }) }),
  ),
  pair: fc.record({ key: fc.string({ minLength: 1, maxLength: 8 }), value: tie('value') }),
}))
const attributes = fc.array(anyValue.pair, { maxLength: 4 })
const requests: Readonly<Record<OtlpSignal, fc.Arbitrary<unknown>>> = {
  logs: wrapped('logs', 'scopeLogs', 'logRecords', {
    timeUnixNano: ns,
    severityNumber: fc.nat(24),
    severityText: fc.constantFrom('', 'WARN', 'odd'),
    body: anyValue.value,
    attributes,
    traceId: hex(16),
    spanId: hex(8),
  }),
  spans: wrapped('spans', 'scopeSpans', 'spans', {
    traceId: hex(16),
    spanId: hex(8),
    parentSpanId: hex(8),
    name: fc.string(),
    kind: fc.nat(6),
    startTimeUnixNano: ns,
    endTimeUnixNano: ns,
    attributes,
    events: fc.array(fc.record({ timeUnixNano: ns, name: fc.string(), attributes }), { maxLength: 2 }),
    links: fc.array(fc.record({ traceId: hex(16), spanId: hex(8), attributes }), { maxLength: 2 }),
    status: fc.record({ code: fc.nat(2), message: fc.string() }),
  }),
  metrics: wrapped('metrics', 'scopeMetrics', 'metrics', {
    name: fc.string({ minLength: 1 }).map((name) => `m${name}`),
    sum: fc.record({
      aggregationTemporality: fc.nat(2),
      isMonotonic: fc.boolean(),
      dataPoints: fc.array(
        fc.oneof(
          fc.record({ timeUnixNano: ns, asInt: fc.integer().map(String) }),
          fc.record({ timeUnixNano: ns, asDouble: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
        ),
        { maxLength: 3 },
      ),
    }),
  }),
}

function wrapped(signal: OtlpSignal, scopes: string, items: string, item: Record<string, fc.Arbitrary<unknown>>) {
  const scope = fc.record({ name: fc.string(), version: fc.string(), attributes })
  const group = fc.record({ scope, [items]: fc.array(fc.record(item), { maxLength: 3 }) })
  const resource = fc.record({ attributes })
  const groups = fc.array(fc.record({ resource, [scopes]: fc.array(group, { maxLength: 2 }) }), { maxLength: 2 })
  return fc.record({ [LISTS[signal]]: groups })
}

test.each<OtlpSignal>(['logs', 'spans', 'metrics'])('%s are stored the same from JSON and protobuf', (signal) => {
  fc.assert(
    fc.property(requests[signal], (payload) => {
      const [json, protobuf] = both(signal, payload)
      expect(json).toBe(protobuf)
    }),
    { numRuns: 150 },
  )
})
