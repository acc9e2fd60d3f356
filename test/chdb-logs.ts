import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createClient } from '@clickhouse/client'
import { createChdbConnection } from 'chdb/connection'
import type { LogRecord } from '../schema/domain/telemetry.js'

/** ClickHouse inside this process with an empty table `logs`, in a directory of its own. */
export interface LogTable {
  insert(records: readonly Partial<TestLog>[]): Promise<void>
  /** Empties the table. */
  clear(): Promise<void>
  /** Rows of a SELECT. */
  select<Row>(sql: string, params?: Readonly<Record<string, string | number>>): Promise<Row[]>
  close(): Promise<void>
}

/** A log to insert; `item` names it in results. */
export interface TestLog
  extends Pick<LogRecord, 'service' | 'level' | 'message' | 'traceId' | 'spanId' | 'attributes'> {
  readonly item: number
  readonly orgId: string
  /** Unix nanoseconds. */
  readonly ts: bigint
}

type ClientOptions = NonNullable<Parameters<typeof createClient>[0]>

/** Opens the table. A data directory belongs to one process, so a test file opens one and closes it. */
export async function openLogTable(): Promise<LogTable> {
  const directory = await mkdtemp(path.join(tmpdir(), 'tocsin-chdb-'))
  // The two packages declare the same interface twice, apart in optional properties only.
  const connection = createChdbConnection({ path: directory }) as unknown as ClientOptions['connection'] & object
  const client = createClient({ connection })
  for (const file of ['0001_logs.sql', '0005_log_text_index.sql'])
    await client.command({ query: readFileSync(new URL(`../sql/clickhouse/${file}`, import.meta.url), 'utf8') })
  return {
    async insert(records) {
      if (records.length > 0) await client.insert({ table: 'logs', values: records.map(toRow), format: 'JSONEachRow' })
    },
    async clear() {
      await client.command({ query: 'TRUNCATE TABLE logs' })
    },
    async select<Row>(sql: string, params: Readonly<Record<string, string | number>> = {}) {
      const result = await client.query({ query: sql, query_params: params, format: 'JSONEachRow' })
      return result.json<Row>()
    },
    async close() {
      await client.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

const BASE_NS = 1_750_000_000_000_000_000n

function toRow(log: Partial<TestLog>, index: number) {
  const attributes = Object.entries(log.attributes ?? {})
  const ofType = (type: string) => Object.fromEntries(attributes.filter(([, value]) => typeof value === type))
  const ns = log.ts ?? BASE_NS
  return {
    org_id: log.orgId ?? 'org_test',
    ts: `${ns / 1_000_000_000n}.${String(ns % 1_000_000_000n).padStart(9, '0')}`,
    service: log.service ?? '',
    level: log.level ?? '',
    message: log.message ?? '',
    trace_id: log.traceId ?? '',
    span_id: log.spanId ?? '',
    attributes_string: ofType('string'),
    attributes_number: ofType('number'),
    attributes_bool: ofType('boolean'),
    batch_id: '00000000-0000-0000-0000-000000000000',
    item: log.item ?? index,
    flush_id: 1,
    accepted_at: '2025-06-15 00:00:00.000',
    retention_days: 3650,
  }
}
