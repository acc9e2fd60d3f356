import type { Pool } from 'pg'

/** Ticks are kept as long as a window over them may be asked for: 35 days, a month and some. */
const KEEP_MS = 35 * 86_400_000
/** A measure that nothing asked for in this long is computed anew when it is. */
const UNUSED_MS = 86_400_000

/** Deletes what nothing needs any more; returns how many rows went. Batched by time, so that no statement runs long. */
export async function prune(pool: Pool, now: number): Promise<number> {
  const old = new Date(now - KEEP_MS)
  const unused = new Date(now - UNUSED_MS)
  const statements: [sql: string, value: Date][] = [
    ['DELETE FROM engine.tick WHERE at < $1', old],
    ['DELETE FROM engine.transition WHERE at < $1', new Date(now - 13 * 31 * 86_400_000)],
    [
      `DELETE FROM engine.slice s USING engine.measure m
       WHERE m.used_at < $1 AND s.org_id = m.org_id AND s.measure = m.measure`,
      unused,
    ],
    ['DELETE FROM engine.measure WHERE used_at < $1', unused],
    [
      `DELETE FROM engine.monitor_status s USING monitor m
       WHERE m.id = s.monitor_id AND m.deleted_at < $1`,
      unused,
    ],
  ]
  let rows = 0
  for (const [sql, value] of statements) rows += (await pool.query(sql, [value])).rowCount ?? 0
  return rows
}
