import type pg from 'pg'

/** Runs `task` in a transaction: all of it stands, or nothing. */
export async function inTransaction(client: pg.ClientBase, task: () => Promise<void>): Promise<void> {
  await client.query('BEGIN')
  try {
    await task()
    await client.query('COMMIT')
  } catch (error) {
    try {
      await client.query('ROLLBACK')
    } catch {
      // The connection is gone, and the transaction with it: what counts is why, which `error` says.
    }
    throw error
  }
}
