import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { packageRoot } from '../package-root.js'
import { StartError } from '../schema/domain/errors.js'
import { type AppliedMigration, migrationFailed, pendingMigrations, readMigration } from '../sql/migrate-files.js'
import { underMigrationLock } from '../sql/migrate-lock.js'
import { inTransaction } from '../sql/migrate-transaction.js'

/** As Prisma itself makes it. */
const TABLE = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  VARCHAR(36)  PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64)  NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ  NOT NULL DEFAULT now(),
    applied_steps_count INTEGER      NOT NULL DEFAULT 0
  )`

/**
 * Applies Prisma's migrations that are not yet applied, in order, and records them as Prisma does, so that its command
 * line agrees (`prisma migrate status`, `deploy`). Unlike it, each runs in a transaction with its record: a failed one
 * leaves nothing to be resolved by hand. Prisma's own engine is not used, since it has to be fetched from the network.
 *
 * @param folder Where the migrations lie; left out, in this package.
 * @returns Names of the migrations that were applied now.
 * @throws StartError MIGRATION_CHANGED, MIGRATION_MISSING or MIGRATION_FAILED.
 */
export async function applyPrismaMigrations(
  url: string,
  folder = join(packageRoot(), 'prisma', 'migrations'),
): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  const files = await Promise.all(names.sort().map((name) => readMigration(name, join(folder, name, 'migration.sql'))))
  const client = new pg.Client({ connectionString: url, application_name: 'tocsin migrations' })
  await client.connect()
  try {
    return await underMigrationLock(client, async () => {
      const store = `database ${client.database}`
      await client.query(TABLE)
      const { rows } = await client.query<AppliedMigration & { finished: boolean }>(`
        SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
        FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at, migration_name`)
      const halfway = rows.find(({ finished }) => !finished)
      if (halfway)
        throw new StartError(
          'MIGRATION_FAILED',
          `Migration ${halfway.name} was begun by Prisma in ${store} and did not finish; settle it with "prisma migrate resolve".`,
        )
      const pending = pendingMigrations(files, rows, store)
      for (const file of pending) {
        try {
          await inTransaction(client, async () => {
            await client.query(file.sql)
            await client.query(
              `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
               VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
              [randomUUID(), file.checksum, file.name],
            )
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
