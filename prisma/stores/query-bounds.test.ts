import { expect, test } from 'vitest'
import { QUERY_BOUNDS } from '../../schema/domain/query-bounds.js'
import { useStores } from '../../test/harness/stores.js'
import { createOrgQueryBounds } from './query-bounds.js'

const stores = useStores()

test('an org has its own numbers within 30 s of their being written, and the settings’ for the rest', async () => {
  let now = 0
  const standard = { ...QUERY_BOUNDS, series: 7 }
  const bounds = createOrgQueryBounds({ pool: stores.pool, clock: { now: () => now }, standard })
  await stores.pool.query(`INSERT INTO org (id, slug, name) VALUES ('org_a', 'a', 'a'), ('org_b', 'b', 'b')`)
  expect(await bounds.of('org_a')).toEqual(standard)
  await stores.pool.query(
    `UPDATE org SET query_time_ms = 1, query_rows = 5000000000, query_bytes = 6000000000, query_series = 2,
       query_samples = 3, query_points = 4, queries_at_once = 5 WHERE id = 'org_a'`,
  )
  now = 29_999
  expect(await bounds.of('org_a')).toEqual(standard)
  now = 30_000
  expect(await bounds.of('org_a')).toEqual({
    ...{ timeMs: 1, rows: 5e9, bytes: 6e9, series: 2, samples: 3, points: 4, atOnce: 5 },
  })
  expect(await bounds.of('org_b')).toEqual(standard)
  await stores.pool.query(`UPDATE org SET query_time_ms = NULL WHERE id = 'org_a'`)
  now = 60_000
  expect((await bounds.of('org_a')).timeMs).toBe(standard.timeMs)
})
