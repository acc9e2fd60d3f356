import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EmbeddedClickHouse } from '../embedded/chdb.js'
import { QueryCancelledError } from '../schema/domain/query-bounds.js'
import { QueryError } from '../schema/domain/query-error.js'
import { CursorError } from '../schema/ports/control-plane.js'
import type { LogReader } from '../schema/ports.js'
import { openTestClickHouse } from '../test/harness/stores.js'
import { createLogReader } from './log-reader.js'

const T0 = Date.parse('2026-03-01T12:00:00Z')
const ALL = { selector: '{}', from: T0, to: T0 + 60_000, first: 100, after: null, order: 'ASC' as const }

let clickhouse: EmbeddedClickHouse
let reader: LogReader
let inserts = 0

interface Given {
  readonly org?: string
  /** Nanoseconds after T0. */
  readonly ns: bigint
  readonly batch?: string
  readonly item?: number
  readonly message?: string
  readonly more?: object
}

async function insert(rows: readonly Given[]): Promise<void> {
  const lines = rows.map(({ org = 'org_a', ns, batch = randomUUID(), item = 0, message = 'm', more }) => {
    const at = BigInt(T0) * 1_000_000n + ns
    const ts = `${new Date(Number(at / 1_000_000n)).toISOString().slice(0, 19)}.${String(at % 1_000_000_000n).padStart(9, '0')}`
    const row = {
      org_id: org,
      ts,
      service: 'api',
      level: 'info',
      message,
      batch_id: batch,
      item,
      flush_id: 1,
      retention_days: 9_999,
    }
    return JSON.stringify({ ...row, accepted_at: ts.slice(0, 23), ...more })
  })
  const body = Buffer.from(lines.join('\n'))
  await clickhouse.writer.insertRows({ table: 'logs', format: 'JSONEachRow', body, token: `t${inserts++}` })
}

/** Every page of a search, until there is no next. */
async function pages(query: Partial<Parameters<LogReader['search']>[0]>) {
  const found = []
  let after: string | null = null
  do {
    const page = await reader.search({ ...ALL, ...query, after })
    found.push(page.records.map(({ record }) => record))
    after = page.hasNextPage ? (page.records.at(-1)?.cursor ?? null) : null
  } while (after !== null)
  return found
}

beforeAll(async () => {
  clickhouse = await openTestClickHouse()
  reader = createLogReader(clickhouse.reader, 'org_a')
})
afterAll(() => clickhouse.close())

describe('createLogReader', () => {
  it('pages through records of one nanosecond without losing or repeating any', async () => {
    // One time for all: batch and item alone decide, in ClickHouse's own order of UUIDs.
    await insert(Array.from({ length: 40 }, (_, i) => ({ ns: 5n, message: `same ${i}`, item: i % 3 })))
    for (const order of ['ASC', 'DESC'] as const) {
      const found = await pages({ selector: '{} |= "same"', first: 7, order })
      expect(found.map((page) => page.length)).toEqual([7, 7, 7, 7, 7, 5])
      expect(new Set(found.flat().map((record) => record.id)).size).toBe(40)
    }
    const [up, down] = await Promise.all([pages({ first: 9 }), pages({ first: 9, order: 'DESC' })])
    expect(down.flat().map(({ id }) => id)).toEqual(
      up
        .flat()
        .map(({ id }) => id)
        .reverse(),
    )
  })

  it('tells times to the nanosecond and attributes by their types', async () => {
    const more = {
      attributes_string: { user: 'u1' },
      attributes_number: { status: 503 },
      attributes_bool: { retry: true },
      trace_id: 'ab',
    }
    await insert([{ ns: 1_234_567_891n, message: 'exact', more }])
    const [record] = (await pages({ selector: '{service="api"} |= "exact"' })).flat()
    expect(record).toMatchObject({
      at: '2026-03-01T12:00:01.234567891Z',
      service: 'api',
      level: 'info',
      message: 'exact',
      traceId: 'ab',
      spanId: null,
      attributes: { user: 'u1', status: 503, retry: true },
    })
  })

  it('holds the beginning of the range and not its end', async () => {
    await insert([-1n, 0n, 999_999n, 1_000_000n].map((ns) => ({ ns: 30_000_000_000n + ns, message: `edge ${ns}` })))
    const found = await pages({ selector: '{} |= "edge"', from: T0 + 30_000, to: T0 + 30_001 })
    expect(found.flat().map(({ message }) => message)).toEqual(['edge 0', 'edge 999999'])
  })

  it.each(['ASC', 'DESC'] as const)('goes on where it was though records came in between, %s', async (order) => {
    const at = order === 'ASC' ? 40_000_000_000n : 41_000_000_000n
    const selector = `{} |= "between ${order}"`
    const given = (numbers: readonly bigint[]) =>
      insert(numbers.map((n) => ({ ns: at + n, message: `between ${order} ${n}` })))
    await given([1n, 3n, 5n, 7n])
    const first = await reader.search({ ...ALL, selector, first: 2, order })
    // On both sides of where the page ended, and before and after all there was.
    await given([0n, 2n, 4n, 6n, 8n])
    const after = first.records.at(-1)?.cursor ?? null
    const second = await reader.search({ ...ALL, selector, first: 9, order, after })
    const shown = [...first.records, ...second.records].map(({ record }) => record.message.split(' ').at(-1))
    expect(shown.join(' ')).toBe(order === 'ASC' ? '1 3 4 5 6 7 8' : '7 5 4 3 2 1 0')
  })

  it('ends when its caller has left', async () => {
    await expect(reader.search({ ...ALL, signal: AbortSignal.abort() })).rejects.toThrow(QueryCancelledError)
  })

  it('finds a record by its id, of its org alone', async () => {
    await insert([{ ns: 50_000_000_001n, message: 'found' }])
    const [record] = (await pages({ selector: '{} |= "found"' })).flat()
    const id = record?.id ?? ''
    expect(await reader.find({ id })).toEqual(record)
    expect(await createLogReader(clickhouse.reader, 'org_b').find({ id })).toBeNull()
    expect(await reader.find({ id: 'hello' })).toBeNull()
  })

  it('shows no other org’s records', async () => {
    await insert([{ org: 'org_b', ns: 1n, message: 'theirs' }])
    expect((await pages({ selector: '{} |= "theirs"' })).flat()).toEqual([])
    expect((await createLogReader(clickhouse.reader, 'org_b').search({ ...ALL })).records).toHaveLength(1)
  })

  it.each([
    ['text', 'hello'],
    ['another list’s cursor', Buffer.from('["monitors","mon_1"]').toString('base64url')],
    ['SQL', Buffer.from(JSON.stringify(['1) OR 1=1 --', randomUUID(), 0])).toString('base64url')],
    ['an item past any', Buffer.from(JSON.stringify(['1', randomUUID(), 2 ** 32])).toString('base64url')],
    ['a time past any', Buffer.from(JSON.stringify(['9999999999999999999', randomUUID(), 0])).toString('base64url')],
  ])('refuses a cursor that is none: %s', async (_name, after) => {
    await expect(reader.search({ ...ALL, after })).rejects.toThrow(CursorError)
  })

  it.each([
    ['everything', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', true],
    ['all that is to come', '2300-01-01T00:00:00Z', '9999-12-31T23:59:59Z', false],
    ['all that was long ago', '0001-01-01T00:00:00Z', '1500-01-01T00:00:00Z', false],
  ])('takes bounds that ClickHouse’s times do not reach: %s', async (_name, from, to, some) => {
    const page = await reader.search({ ...ALL, from: Date.parse(from), to: Date.parse(to) })
    expect(page.records.length > 0).toBe(some)
  })

  it('refuses a selector that does not parse', async () => {
    await expect(reader.search({ ...ALL, selector: '{a=' })).rejects.toThrow(QueryError)
  })
})
