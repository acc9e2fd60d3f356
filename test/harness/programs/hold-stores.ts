/**
 * Opens the stores of a data directory, tells so on stdout as a line of JSON, then inserts rows into both for ever and
 * tells each pair once it is acknowledged. Ends when stdin does; a test may kill it at any time.
 *
 * node hold-stores.js DATA_DIR [postgres|both]
 */
import { once } from 'node:events'
import pg from 'pg'
import { openEmbeddedClickHouse } from '../../../embedded/chdb.js'
import { openDataDir } from '../../../embedded/data-dir.js'
import { startEmbeddedPostgres } from '../../../embedded/postgres.js'

const [path = '', which = 'both'] = process.argv.slice(2)
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

let going = true
process.stdin.resume().on('end', () => {
  going = false
})

try {
  const begun = performance.now()
  const dataDir = openDataDir(path)
  const postgres = await startEmbeddedPostgres({ dataDir })
  const client = new pg.Client({ connectionString: postgres.url })
  client.on('error', (error) => say({ error: error.message }))
  await client.connect()
  const clickhouse = which === 'both' ? await openEmbeddedClickHouse({ path: dataDir.clickhouse }) : null
  await client.query('CREATE TABLE IF NOT EXISTS kept (n int PRIMARY KEY)')
  await clickhouse?.writer.command('CREATE TABLE IF NOT EXISTS kept (n UInt32) ENGINE = MergeTree ORDER BY n')
  const { rows } = await client.query<{ next: number }>('SELECT coalesce(max(n), 0) + 1 AS next FROM kept')
  say({ ready: true, ms: Math.round(performance.now() - begun), url: postgres.url, port: postgres.port })
  for (let n = rows[0]?.next ?? 1; going; n++) {
    await client.query('INSERT INTO kept VALUES ($1)', [n])
    await clickhouse?.writer.insertRows({
      table: 'kept',
      format: 'JSONEachRow',
      body: Buffer.from(`{"n":${n}}\n`),
      token: String(n),
    })
    if (!say({ kept: n })) await once(process.stdout, 'drain')
  }
  await client.end()
  await clickhouse?.close()
  await postgres.stop()
  dataDir.release()
} catch (error) {
  const code = error instanceof Error && 'code' in error ? error.code : null
  say({ error: error instanceof Error ? error.message : String(error), code })
  process.exitCode = 1
  process.stdin.destroy()
}
