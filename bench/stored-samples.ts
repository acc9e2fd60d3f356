import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'

/** Samples in the embedded PostgreSQL of a running Tocsin, but for those it makes of OTLP's resources. */
export async function storedSamples(dataDir: string): Promise<number> {
  const { port, password } = JSON.parse(readFileSync(join(dataDir, 'postgres.json'), 'utf8')) as {
    port: number
    password: string
  }
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'tocsin', database: 'tocsin', password })
  await client.connect()
  try {
    const { rows } = await client.query<{ samples: number }>(
      `SELECT count(*)::int AS samples FROM metrics.samples
       WHERE series_id NOT IN (SELECT id FROM metrics.series WHERE name = 'target_info')`,
    )
    return rows[0]?.samples ?? 0
  } finally {
    await client.end()
  }
}
