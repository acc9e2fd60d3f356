import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EmbeddedClickHouse } from '../embedded/chdb.js'
import { openTestClickHouse } from '../test/harness/stores.js'
import { SHARED_TABLES, walledFor } from './walled.js'

const LIMITS = { maxExecutionSeconds: 10 }
const MINE = 'org_01j00000000000000000000000'
const OTHERS = 'org_01j00000000000000000000001'

let clickhouse: EmbeddedClickHouse
beforeAll(async () => {
  clickhouse = await openTestClickHouse()
  for (const [orgId, rows] of [
    [MINE, 2],
    [OTHERS, 3],
  ] as const) {
    const columns = `'${orgId}' AS org_id, now64(9) AS ts`
    await clickhouse.writer.command(
      `INSERT INTO logs (org_id, ts, service) SELECT ${columns}, 'api' FROM numbers(${rows})`,
    )
    await clickhouse.writer.command(
      `INSERT INTO spans (org_id, ts, trace_id, span_id) SELECT ${columns}, 'shared', toString(number) FROM numbers(${rows})`,
    )
    await clickhouse.writer.command(`INSERT INTO rum (org_id, ts) SELECT ${columns} FROM numbers(${rows})`)
  }
})
afterAll(() => clickhouse.close())

describe('a wall', () => {
  it.each([
    ['logs', 2],
    ['spans', 2],
    ['rum', 2],
  ])('lets a query that names no org see its own rows of %s alone', async (table, own) => {
    const count = `SELECT count() AS rows, uniqExact(org_id) AS orgs FROM ${table}`
    expect(await walledFor(clickhouse.reader, MINE).query(count, {}, LIMITS)).toEqual([{ rows: own, orgs: 1 }])
    expect(await walledFor(clickhouse.reader, OTHERS).query(count, {}, LIMITS)).toEqual([{ rows: 3, orgs: 1 }])
    expect(await clickhouse.reader.query(count, {}, LIMITS)).toEqual([{ rows: 5, orgs: 2 }])
  })

  it('holds in what the views have gathered', async () => {
    const { query } = walledFor(clickhouse.reader, MINE)
    expect(await query('SELECT sum(count) AS logs FROM log_counts', {}, LIMITS)).toEqual([{ logs: 2 }])
    expect(await query('SELECT sum(spans) AS spans FROM traces', {}, LIMITS)).toEqual([{ spans: 2 }])
  })

  it('holds where a query asks for another org by name', async () => {
    const sql = 'SELECT count() AS rows FROM logs WHERE org_id = {org:String}'
    expect(await walledFor(clickhouse.reader, MINE).query(sql, { org: OTHERS }, LIMITS)).toEqual([{ rows: 0 }])
  })

  it('holds in answers of bytes', async () => {
    const bytes = await walledFor(clickhouse.reader, MINE).queryNative('SELECT org_id FROM spans', {}, LIMITS)
    expect(Buffer.from(bytes).toString()).toContain(MINE)
    expect(Buffer.from(bytes).toString()).not.toContain(OTHERS)
  })

  it('holds in joins, subqueries and unions', async () => {
    const sql = `SELECT count() AS rows FROM spans AS a JOIN (SELECT * FROM spans UNION ALL SELECT * FROM spans) AS b USING trace_id`
    expect(await walledFor(clickhouse.reader, MINE).query(sql, {}, LIMITS)).toEqual([{ rows: 8 }])
  })

  it('is no way into a query for an id that is none', async () => {
    const sql = 'SELECT count() AS rows FROM logs'
    for (const id of ["' OR 1 = 1 --", `\\' OR 1 = 1 --`, "x'}"])
      expect(await walledFor(clickhouse.reader, id).query(sql, {}, LIMITS)).toEqual([{ rows: 0 }])
  })

  it('stands before every table that has an org', async () => {
    const sql = `SELECT table FROM system.columns WHERE database = {database:String} AND name = 'org_id'
      AND table IN (SELECT name FROM system.tables WHERE database = {database:String} AND engine LIKE '%MergeTree') ORDER BY table`
    const params = { database: clickhouse.reader.database }
    const tables = await clickhouse.reader.query<{ table: string }>(sql, params, LIMITS)
    expect(tables.map(({ table }) => table)).toEqual([...SHARED_TABLES].sort())
  })
})
