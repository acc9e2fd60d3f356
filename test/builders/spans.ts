import { randomUUID } from 'node:crypto'
import type { ClickHouse } from '../../sql/clients.js'

/** A span of table `spans` as a test writes it. */
export interface GivenSpan {
  readonly org?: string
  /** Hexadecimal, filled up with zeros on the left. */
  readonly trace?: string
  readonly id: string
  readonly parent?: string
  /** Ms after `SPANS_AT`, fractions allowed. */
  readonly start?: number
  readonly ms?: number
  readonly service?: string
  readonly name?: string
  readonly status?: 'unset' | 'ok' | 'error'
  readonly kind?: string
  readonly attributes?: Readonly<Record<string, string>>
  /** Columns as they are. */
  readonly more?: object
}

/** Unix ms. */
export const SPANS_AT = Date.parse('2026-03-01T12:00:00Z')

let inserts = 0

/** Inserts spans as one flush. */
export async function insertSpans(clickhouse: ClickHouse, spans: readonly GivenSpan[]): Promise<void> {
  const batch = randomUUID()
  const lines = spans.map((span, item) => {
    const ns = BigInt(SPANS_AT) * 1_000_000n + BigInt(Math.round((span.start ?? 0) * 1e6))
    const ts = `${new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19).replace('T', ' ')}.${String(ns % 1_000_000_000n).padStart(9, '0')}`
    return JSON.stringify({
      org_id: span.org ?? 'org_a',
      ts,
      duration_ns: Math.round((span.ms ?? 1) * 1e6),
      service: span.service ?? 'api',
      name: span.name ?? 'GET /',
      kind: span.kind ?? 'server',
      status: span.status ?? 'unset',
      trace_id: traceIdOf(span.trace ?? '1'),
      span_id: span.id.padStart(16, '0'),
      parent_span_id: span.parent?.padStart(16, '0') ?? '',
      attributes_string: span.attributes ?? {},
      batch_id: batch,
      item,
      flush_id: 1,
      accepted_at: ts.slice(0, 23),
      retention_days: 9_999,
      ...span.more,
    })
  })
  const body = Buffer.from(lines.join('\n'))
  await clickhouse.insertRows({ table: 'spans', format: 'JSONEachRow', body, token: `spans-${inserts++}-${batch}` })
}

/** A trace's id as `insertSpans` writes it. */
export function traceIdOf(digits: string): string {
  return digits.padStart(32, '0')
}
