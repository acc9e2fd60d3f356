import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedClickHouse, openEmbeddedClickHouse } from '../embedded/chdb.js'
import type { ClickHouse } from '../sql/clients.js'
import { createLogReader } from '../sql/log-reader.js'
import { migrationFolder, readMigrationFiles } from '../sql/migrate-files.js'
import { splitStatements } from '../sql/migrate-statements.js'
import { type Benchmark, type Figure, quantile } from './harness.js'
import { logRow } from './log-row.js'
import { sampleLogs } from './sample-logs.js'
import { BENCH_ORG } from './straight-row.js'

const LOGS = 5_000_000
/** Logs made one by one; the others repeat them at other times. */
const MADE = 250_000
const COPIES = LOGS / MADE
const LOGS_AN_INSERT = 25_000
const DAY_MS = 86_400_000
/** Each search looks for another token, since ClickHouse remembers which granules an earlier condition left out. */
const TOKENS = 21
const SECONDS = { maxExecutionSeconds: 600 }

/** A log search as the product runs it, against the same SELECT that reads every line. */
export const logs: Benchmark = {
  name: 'logs',
  about: `the newest 100 of ${LOGS.toLocaleString('en-US')} logs that hold a rare token, through LogReader, against the same search by a full scan`,
  async run(tell) {
    const scratch = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
    const clickhouse = await openEmbeddedClickHouse({ path: scratch })
    try {
      const now = Date.now()
      tell(`inserting ${LOGS} logs`)
      const inserted = await fill(clickhouse.writer, now)
      tell(`searching for ${TOKENS} tokens`)
      return [...(await searched(clickhouse, now)), ...inserted]
    } finally {
      await clickhouse.close()
      rmSync(scratch, { recursive: true, force: true })
    }
  },
}

/** Rows of a copy between two tokens. */
const APART = Math.floor(MADE / TOKENS)
const STEP = 7_919
const tokenAt = (index: number) => `q${(index + 1) * STEP}z`

/** Makes the tables and their rows; tells what an insert takes with the text index on lines and without. */
async function fill(clickhouse: ClickHouse, now: number): Promise<Figure[]> {
  for (const { sql } of await readMigrationFiles(migrationFolder('clickhouse')))
    for (const statement of splitStatements(sql)) await clickhouse.command(statement)
  await clickhouse.command('CREATE TABLE made AS logs')
  await clickhouse.command('CREATE TABLE made_plain AS logs')
  await clickhouse.command('ALTER TABLE made_plain DROP INDEX message_text')
  const took = { made: 0, made_plain: 0 }
  for (let at = 0; at < MADE; at += LOGS_AN_INSERT) {
    const body = Buffer.from(rows(at, now).join('\n'))
    for (const table of ['made_plain', 'made'] as const) {
      const before = performance.now()
      await clickhouse.insertRows({ table, format: 'JSONEachRow', body, token: `${table}-${at}` })
      took[table] += performance.now() - before
    }
  }
  // Each token comes once in a copy, in another row each time.
  for (let copy = 0; copy < COPIES; copy++)
    await clickhouse.command(
      `INSERT INTO logs SELECT * REPLACE (ts - toIntervalMillisecond(${Math.floor((copy * DAY_MS) / COPIES)}) AS ts,
         item + ${copy * MADE} AS item,
         if(item % ${APART} = ${copy}, concat(message, ' order=q', toString((intDiv(item, ${APART}) + 1) * ${STEP}), 'z'), message)
           AS message) FROM made`,
      SECONDS,
    )
  const perSecond = (ms: number) => MADE / (ms / 1_000)
  return [
    { name: 'insert with the text index', value: perSecond(took.made), unit: 'logs/s' },
    { name: 'insert without', value: perSecond(took.made_plain), unit: 'logs/s' },
  ]
}

function rows(at: number, now: number): string[] {
  return sampleLogs(at, LOGS_AN_INSERT, now).map((log, index) => JSON.stringify(logRow(log, at + index, now)))
}

async function searched({ reader, writer }: EmbeddedClickHouse, now: number): Promise<Figure[]> {
  const range = { from: now - DAY_MS - 60_000, to: now + 1 }
  const logReader = createLogReader(reader, BENCH_ORG)
  const search = async (selector: string) =>
    (await logReader.search({ selector, ...range, first: 100, after: null, order: 'DESC' })).records.length
  const rare = await timed(TOKENS, (run) => search(`{} |= "${tokenAt(run)}"`), COPIES)
  const inside = await timed(TOKENS, (run) => search(`{} |= "${tokenAt(run).slice(1)}"`), COPIES)
  const words = await timed(TOKENS, (run) => search(`{} |= " order=${tokenAt(run)}"`), COPIES)
  const common = await timed(5, () => search('{} |= "timeout"'), 100)
  const scanned = await timed(5, (run) => fullScan(reader, range, tokenAt(run)), COPIES)
  const [parts] = await writer.query<{ lines: number; index: number }>(
    `SELECT sum(rows) AS lines, sum(secondary_indices_compressed_bytes) AS index FROM system.parts
     WHERE database = currentDatabase() AND table = 'logs' AND active`,
    {},
    SECONDS,
  )
  if (parts?.lines !== LOGS) throw new Error(`The table holds ${parts?.lines} logs where ${LOGS} were inserted.`)
  const median = quantile(rare.slice(1), 0.5)
  const baseline = quantile(scanned.slice(1), 0.5)
  return [
    { name: 'rare token, median', value: median, unit: 'ms', aim: { atMost: 150 } },
    { name: 'rare token, first', value: rare[0] ?? Number.NaN, unit: 'ms' },
    { name: 'rare token, 95 of 100', value: quantile(rare.slice(1), 0.95), unit: 'ms' },
    { name: 'piece of a rare token, median', value: quantile(inside.slice(1), 0.5), unit: 'ms' },
    { name: 'rare token after a whole word, median', value: quantile(words.slice(1), 0.5), unit: 'ms' },
    { name: 'common word, median', value: quantile(common.slice(1), 0.5), unit: 'ms' },
    { name: 'baseline: full scan for a rare token', value: baseline, unit: 'ms' },
    { name: 'ratio to the baseline', value: baseline / median, unit: '' },
    { name: 'text and other indexes a log', value: parts.index / LOGS, unit: 'bytes' },
  ]
}

/** How long each run takes, ms. */
async function timed(runs: number, run: (index: number) => Promise<number>, expected: number): Promise<number[]> {
  const took: number[] = []
  for (let index = 0; index < runs; index++) {
    const before = performance.now()
    const found = await run(index)
    took.push(performance.now() - before)
    if (found !== expected) throw new Error(`A search found ${found} logs where ${expected} hold what it looks for.`)
  }
  return took
}

/** The same answer without any help of an index or of what ClickHouse remembers of conditions. */
async function fullScan(
  clickhouse: ClickHouse,
  range: { readonly from: number; readonly to: number },
  token: string,
): Promise<number> {
  const found = await clickhouse.query(
    `SELECT * FROM logs
     WHERE org_id = {org:String} AND ts >= fromUnixTimestamp64Milli({from:Int64})
       AND ts < fromUnixTimestamp64Milli({to:Int64}) AND position(message, {token:String}) > 0
     ORDER BY ts DESC, batch_id DESC, item DESC LIMIT 101
     SETTINGS use_skip_indexes = 0, use_query_condition_cache = 0`,
    { org: BENCH_ORG, from: String(range.from), to: String(range.to), token },
    SECONDS,
  )
  return found.length
}
