import type pg from 'pg'

/** Every migrator of one database takes this lock; the number is the first 31 bits of SHA-256 of "tocsin migrations". */
const LOCK = 2_099_533_801

/**
 * Runs `task` while no other process migrates, on a connection that holds PostgreSQL's advisory lock; another one waits
 * for it. The lock goes with the connection.
 */
export async function underMigrationLock<Result>(client: pg.ClientBase, task: () => Promise<Result>): Promise<Result> {
  await client.query('SELECT pg_advisory_lock($1)', [LOCK])
  try {
    return await task()
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK])
  }
}
