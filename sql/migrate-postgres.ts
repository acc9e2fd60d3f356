import pg from 'pg'
import { metricSet } from './metric-variant.js'
import {
  type AppliedMigration,
  migrationFailed,
  migrationFolder,
  pendingMigrations,
  readMigrationFiles,
} from './migrate-files.js'
import { underMigrationLock } from './migrate-lock.js'
import { inTransaction } from './migrate-transaction.js'

/** Sets of migrations that live in PostgreSQL; each has the schema of its name. */
export type PostgresSet = 'engine' | 'metrics'

/**
 * Applies a set's files that are not yet applied, each in a transaction of its own with its record, so that a failed one
 * leaves nothing. Any number of processes may call this at once; one applies, the others wait and find nothing to do.
 *
 * @param url Of the control database for `engine`, of the metrics database for `metrics`.
 * @param folder Where the files lie; left out, in this package, for metrics those of TimescaleDB where it is there.
 * @returns Names of the files that were applied now.
 * @throws StartError MIGRATION_CHANGED, MIGRATION_MISSING or MIGRATION_FAILED.
 */
export async function migratePostgres(url: string, set: PostgresSet, folder?: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'tocsin migrations' })
  await client.connect()
  try {
    return await underMigrationLock(client, async () => {
      const files = await readMigrationFiles(
        folder ?? migrationFolder(set === 'metrics' ? await metricSet(client) : set),
      )
      const store = `schema ${set} of database ${client.database}`
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${set}`)
      await client.query(`
        CREATE TABLE IF NOT EXISTS ${set}.tocsin_migrations (
          name       text        PRIMARY KEY,
          checksum   text        NOT NULL,
          applied_at timestamptz NOT NULL DEFAULT now()
        )`)
      const { rows } = await client.query<AppliedMigration>(
        `SELECT name, checksum FROM ${set}.tocsin_migrations ORDER BY name`,
      )
      const pending = pendingMigrations(files, rows, store)
      for (const file of pending) {
        try {
          await inTransaction(client, async () => {
            await client.query(file.sql)
            await client.query(`INSERT INTO ${set}.tocsin_migrations (name, checksum) VALUES ($1, $2)`, [
              file.name,
              file.checksum,
            ])
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
