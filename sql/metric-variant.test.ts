import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { createEmptyDatabase } from '../test/harness/stores.js'
import { ROLLUP_LEVELS } from './metric-rollup-levels.js'
import { bucketsFromSamples } from './metric-rollup-statements.js'
import { metricSet } from './metric-variant.js'
import { migrationFolder } from './migrate-files.js'
import { migratePostgres } from './migrate-postgres.js'

/*
 * No TimescaleDB is at hand here. What PostgreSQL alone can tell of its set is held: the grammar of every statement, and,
 * with stand-ins for TimescaleDB's functions and views for its continuous aggregates, columns and values.
 */

const script = (name: string) => readFileSync(join(migrationFolder('metrics-timescale'), name), 'utf8')
const SCRIPT = script('0001_hypertables.sql')
const REFRESH_WITHIN = script('0002_refresh_within.sql')

const STAND_INS = `
CREATE FUNCTION time_bucket(width interval, ts timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE AS $$ SELECT date_bin(width, ts, TIMESTAMPTZ 'epoch') $$;
CREATE TYPE timed AS (ts timestamptz, value float8);
CREATE FUNCTION earlier(state timed, value float8, ts timestamptz) RETURNS timed
LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN state IS NULL OR ts < state.ts THEN ROW(ts, value)::timed ELSE state END $$;
CREATE FUNCTION later(state timed, value float8, ts timestamptz) RETURNS timed
LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN state IS NULL OR ts > state.ts THEN ROW(ts, value)::timed ELSE state END $$;
CREATE FUNCTION timed_value(state timed) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$ SELECT state.value $$;
CREATE AGGREGATE first(float8, timestamptz) (sfunc = earlier, stype = timed, finalfunc = timed_value);
CREATE AGGREGATE last(float8, timestamptz) (sfunc = later, stype = timed, finalfunc = timed_value);`

/** The script as far as PostgreSQL alone can run it. */
function withoutTimescale(script: string): string {
  return script
    .replace(/^SELECT (create_hypertable|add_\w+_policy)\([\s\S]*?\);$/gm, '')
    .replace(/^ALTER TABLE metrics\.samples SET \([\s\S]*?\);$/gm, '')
    .replace(/CREATE MATERIALIZED VIEW (\S+)\nWITH \(timescaledb[^)]*\)/g, 'CREATE VIEW $1')
    .replaceAll('WITH NO DATA', '')
}

async function empty() {
  const database = await createEmptyDatabase()
  onTestFinished(database.drop)
  return database
}

async function columns(pool: pg.Pool) {
  const { rows } = await pool.query<{ table: string; columns: string }>(`
    SELECT table_name AS "table", string_agg(column_name || ' ' || data_type, ', ' ORDER BY ordinal_position) AS columns
    FROM information_schema.columns
    WHERE table_schema = 'metrics' AND table_name IN ('series', 'samples', 'rollup_1m', 'rollup_5m', 'rollup_1h')
    GROUP BY 1 ORDER BY 1`)
  return rows
}

test('without the extension a store gets the set for plain PostgreSQL, and one that has a set keeps it', async () => {
  const { url, pool } = await empty()
  const set = async () => {
    const client = await pool.connect()
    try {
      return await metricSet(client)
    } finally {
      client.release()
    }
  }
  expect(await set()).toBe('metrics')
  await migratePostgres(url, 'metrics')
  expect(await set()).toBe('metrics')
  await pool.query(`UPDATE metrics.tocsin_migrations SET name = '0001_hypertables.sql' WHERE name LIKE '0001%'`)
  expect(await set()).toBe('metrics-timescale')
})

test('PostgreSQL’s grammar takes every statement for TimescaleDB', async () => {
  const { pool } = await empty()
  const check = (sql: string) => pool.query(`DO $check$ BEGIN IF false THEN ${sql} END IF; END $check$`)
  await check(SCRIPT)
  await check(REFRESH_WITHIN)
  await expect(check(SCRIPT.replace('WITH NO DATA', 'WITH SOME DATA'))).rejects.toThrow('syntax error')
})

test('both sets have the same tables, columns and rollups', async () => {
  const [plain, timescale] = [await empty(), await empty()]
  await migratePostgres(plain.url, 'metrics')
  await timescale.pool.query(`CREATE SCHEMA metrics; ${STAND_INS} ${withoutTimescale(SCRIPT)}`)
  expect(await columns(timescale.pool)).toEqual(await columns(plain.pool))

  const start = Date.UTC(2026, 0, 10, 12)
  for (const { pool } of [plain, timescale]) {
    await pool.query(`SELECT setseed(0.5)`)
    await pool.query(
      `INSERT INTO metrics.series (org_id, name, kind, labels, fingerprint)
       SELECT 'org_a', 'm', 'counter', '{}', int4send(i) FROM generate_series(1, 3) AS i`,
    )
    // Counters that restart now and then, with gaps, markers, a NaN and values at the edge; none at the end of a bucket,
    // which TimescaleDB counts to the next.
    await pool.query(
      `INSERT INTO metrics.samples (series_id, ts, value, flush_id, stale)
       SELECT s, to_timestamp($1::float8 / 1000) + i * INTERVAL '17 seconds' + INTERVAL '1 millisecond',
         CASE WHEN i = 77 THEN 'NaN' WHEN i = 300 THEN 1.7e308 WHEN i = 301 THEN -1.7e308 ELSE (i * s) % 97 END,
         1, CASE WHEN i % 31 = 0 THEN true END
       FROM generate_series(1, 3) AS s, generate_series(0, 400) AS i WHERE (i / 10) % 7 <> s`,
      [start],
    )
  }
  for (const level of ROLLUP_LEVELS) {
    const buckets = Array.from({ length: (3 * 3_600_000) / level.ms }, (_, i) => start + i * level.ms)
    const orgs = buckets.map(() => 'org_a')
    await plain.pool.query(bucketsFromSamples(level), [orgs, buckets, start, start + 3 * 3_600_000])
    const read = async (pool: pg.Pool) =>
      (await pool.query(`SELECT * FROM metrics.${level.table} ORDER BY series_id, ts`)).rows
    const expected = await read(plain.pool)
    expect(expected.length).toBeGreaterThan(5)
    expect(await read(timescale.pool)).toEqual(expected)
  }
})

test('refreshes reach back less far than the samples of any org are kept', async () => {
  const { pool } = await empty()
  // Jobs as TimescaleDB shows them: those of a view under the name of the table that holds it.
  await pool.query(`
    CREATE SCHEMA metrics; CREATE SCHEMA timescaledb_information;
    CREATE VIEW metrics.rollup_1m AS SELECT 1 AS x;
    CREATE VIEW metrics.rollup_5m AS SELECT 1 AS x;
    CREATE VIEW metrics.rollup_1h AS SELECT 1 AS x;
    CREATE TABLE timescaledb_information.continuous_aggregates AS
    SELECT 'metrics' AS view_schema, 'rollup_' || level AS view_name, 'internal' AS materialization_hypertable_schema,
      '_materialized_' || level AS materialization_hypertable_name FROM unnest(ARRAY['1m', '5m', '1h']) AS level;
    CREATE TABLE timescaledb_information.jobs (
      proc_name text, hypertable_schema text, hypertable_name text, config jsonb, made integer GENERATED ALWAYS AS IDENTITY);
    CREATE FUNCTION remove_continuous_aggregate_policy(view regclass) RETURNS void LANGUAGE sql AS $$
      DELETE FROM timescaledb_information.jobs WHERE hypertable_name = replace(view::text, 'metrics.rollup', '_materialized') $$;
    CREATE FUNCTION add_continuous_aggregate_policy(
      view regclass, start_offset interval, end_offset interval, schedule_interval interval) RETURNS integer LANGUAGE sql AS $$
      INSERT INTO timescaledb_information.jobs VALUES ('policy_refresh_continuous_aggregate', 'internal',
        replace(view::text, 'metrics.rollup', '_materialized'), jsonb_build_object('start_offset', start_offset::text,
          'end_offset', end_offset::text)) RETURNING made $$;
    ${REFRESH_WITHIN}`)
  const within = async (days: number) => {
    await pool.query('SELECT metrics.refresh_within($1)', [days])
    const { rows } = await pool.query<{ hours: number; made: number }>(
      `SELECT (extract(epoch FROM (config ->> 'start_offset')::interval) / 3600)::int AS hours, made
       FROM timescaledb_information.jobs ORDER BY made`,
    )
    return rows
  }
  const hours = async (days: number) => (await within(days)).map((row) => row.hours)
  expect(await hours(30)).toEqual([6 * 24, 28 * 24, 28 * 24])
  const before = await within(30)
  expect(await within(90)).toEqual(before)
  expect(await hours(7)).toEqual([6 * 24 - 4, 6 * 24 - 4, 6 * 24 - 4])
  expect(await hours(1)).toEqual([20, 20, 20])
  expect(await hours(365)).toEqual([6 * 24, 28 * 24, 28 * 24])
})
