import pg from 'pg'
import type { ClickHouse } from './clients.js'
import {
  type AppliedMigration,
  migrationFailed,
  migrationFolder,
  pendingMigrations,
  readMigrationFiles,
} from './migrate-files.js'
import { underMigrationLock } from './migrate-lock.js'
import { splitStatements } from './migrate-statements.js'

const LIMITS = { maxExecutionSeconds: 60 }

/**
 * Applies ClickHouse's files that are not yet applied, a statement at a time. ClickHouse has neither locks nor
 * transactions: the lock is PostgreSQL's, and a file that failed in the middle is run again as a whole, so its
 * statements have to bear that (IF NOT EXISTS, IF EXISTS).
 *
 * @param lockUrl The control database, where the lock is taken.
 * @param folder Where the files lie; left out, in this package.
 * @returns Names of the files that were applied now.
 * @throws StartError MIGRATION_CHANGED, MIGRATION_MISSING or MIGRATION_FAILED; StoreError when ClickHouse is away.
 */
export async function migrateClickHouse(
  clickhouse: ClickHouse,
  lockUrl: string,
  folder = migrationFolder('clickhouse'),
): Promise<string[]> {
  const files = await readMigrationFiles(folder)
  const client = new pg.Client({ connectionString: lockUrl, application_name: 'tocsin migrations' })
  await client.connect()
  try {
    return await underMigrationLock(client, async () => {
      const store = `database ${clickhouse.database} of ClickHouse`
      await clickhouse.command(`
        CREATE TABLE IF NOT EXISTS tocsin_migrations (
          name       String,
          checksum   String,
          applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
        ) ENGINE = MergeTree ORDER BY name`)
      const applied = await clickhouse.query<AppliedMigration>(
        'SELECT DISTINCT name, checksum FROM tocsin_migrations ORDER BY name',
        {},
        LIMITS,
      )
      const pending = pendingMigrations(files, applied, store)
      for (const file of pending) {
        try {
          for (const statement of splitStatements(file.sql)) await clickhouse.command(statement)
          await clickhouse.insertRows({
            table: 'tocsin_migrations',
            columns: ['name', 'checksum'],
            format: 'JSONEachRow',
            body: Buffer.from(`${JSON.stringify({ name: file.name, checksum: file.checksum })}\n`),
            token: file.name,
          })
        } catch (error) {
          throw migrationFailed(file, store, error)
        }
      }
      return pending.map(({ name }) => name)
    })
  } finally {
    await client.end()
  }
}
