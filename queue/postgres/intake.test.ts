import { afterEach, expect, it } from 'vitest'
import type { Intake } from '../../schema/ports/intake.js'
import { AMPLE, batch, enqueueAll, eventually, idsOf } from '../../test/conformance/intake-subject.js'
import { quietLog } from '../../test/conformance/quiet-log.js'
import { useStores } from '../../test/harness/stores.js'
import { createPostgresIntake, ENQUEUE_TIMEOUT_MS } from './intake.js'

const stores = useStores()
const opened: Intake[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((intake) => intake.close()))
  await stores.pool.query('TRUNCATE engine.intake, engine.idempotency')
})

function open(connectionString = stores.url, log = quietLog()): Intake {
  const intake = createPostgresIntake({ connectionString, seal: (bytes) => bytes, log })
  opened.push(intake)
  return intake
}

it('refuses an enqueue that would come out too late for the horizon, and keeps nothing of it', async () => {
  const intake = open()
  const sent = batch()
  const rival = await stores.pool.connect()
  try {
    await rival.query('BEGIN')
    await rival.query(
      `INSERT INTO engine.idempotency (scope, body_hash, batch_id, items, accepted_at, expires_at)
       VALUES ($1, '', gen_random_uuid(), 1, now(), now())`,
      [sent.idempotency.scope],
    )
    const begun = performance.now()
    await expect(intake.enqueue(sent)).rejects.toMatchObject({ code: '57014' })
    expect(performance.now() - begun).toBeLessThan(ENQUEUE_TIMEOUT_MS + 1000)
  } finally {
    await rival.query('ROLLBACK')
    rival.release()
  }
  expect(await intake.depth()).toEqual({ batches: 0, bytes: 0 })
  expect(await intake.enqueue(sent)).toMatchObject({ outcome: 'accepted' })
})

it('tells no later time than the begin of an enqueue that has written and cannot commit', async () => {
  const intake = open()
  const { now: before } = await intake.watermarks()
  const sent = batch()
  const rival = await stores.pool.connect()
  try {
    await rival.query('BEGIN')
    // The enqueue writes its scope first, and then waits for the end of the other who writes the same batch.
    await rival.query(
      `INSERT INTO engine.intake (batch_id, org_id, key_id, signal, protocol, items, bytes, accepted_at, encoding, body)
       VALUES ($1, '', '', '', '', 1, 1, now(), 'identity', '')`,
      [sent.batchId],
    )
    const answer = intake.enqueue(sent)
    let last = { now: 0, since: 0 }
    const stalled = await eventually(async () => {
      const { now } = await intake.watermarks()
      if (now !== last.now) last = { now, since: performance.now() }
      return performance.now() - last.since > 100 && now
    })
    await rival.query('ROLLBACK')
    const accepted = await answer
    const stamp = 'acceptedAt' in accepted ? accepted.acceptedAt : 0
    expect(accepted).toMatchObject({ outcome: 'accepted' })
    expect(stalled).toBeGreaterThanOrEqual(before)
    expect(stalled).toBeLessThanOrEqual(stamp)
    expect((await intake.watermarks()).now).toBeGreaterThan(stalled + 90)
  } finally {
    rival.release()
  }
})

it('refuses while no server answers', async () => {
  const intake = open('postgresql://nobody@127.0.0.1:1/none')
  await expect(intake.enqueue(batch())).rejects.toThrow('ECONNREFUSED')
  await expect(intake.claim('a', 'logs', AMPLE)).rejects.toThrow('ECONNREFUSED')
})

it('goes on when the server has dropped its connections', async () => {
  const log = quietLog()
  const intake = open(stores.url, log)
  const sent = [...(await enqueueAll(intake, [batch()]))]
  await intake.depth()
  await stores.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name IN ('tocsin enqueue', 'tocsin intake')`,
  )
  await eventually(async () => log.heard.length >= 2)
  sent.push(...(await enqueueAll(intake, [batch()])))
  expect(idsOf(await intake.claim('a', 'logs', AMPLE))).toEqual(idsOf(sent))
  expect(log.heard).toEqual(Array.from({ length: 2 }, () => 'A connection to PostgreSQL was lost.'))
})

it('finds what it needs by indexes when a queue that was empty has grown', async () => {
  const intake = open()
  async function everything() {
    // Past five runs the server may keep one plan for good.
    for (let i = 0; i < 8; i++) {
      const claimed = idsOf(await intake.claim('a', 'logs', { ...AMPLE, maxBatches: 2 }))
      await intake.extend('a', claimed, 1000)
      await intake.claimThese('a', claimed, 1000)
      await intake.release('a', claimed.slice(1))
      await intake.acknowledge(claimed.slice(0, 1))
      await intake.watermarks()
      await intake.waitForWork('logs', 1, AbortSignal.timeout(1000))
    }
  }
  await intake.enqueue(batch({ signal: 'rum' }))
  await stores.pool.query('VACUUM engine.intake')
  await everything()
  await stores.pool.query(`
    INSERT INTO engine.intake (batch_id, org_id, key_id, signal, protocol, items, bytes, accepted_at, encoding, body)
    SELECT gen_random_uuid(), 'org' || n % 10, 'k', (ARRAY['logs', 'metrics'])[1 + n % 2], 'native-json', 1, 1,
      now() + n * interval '1 microsecond', 'identity', '\\x00'
    FROM generate_series(1, 20000) AS n`)
  await stores.pool.query('SELECT pg_stat_reset()')
  await everything()
  // Connections tell what they have counted when they end.
  await intake.close()
  const { rows } = await stores.pool.query(
    `SELECT seq_tup_read::integer AS scanned, idx_tup_fetch::integer AS fetched
     FROM pg_stat_user_tables WHERE relid = 'engine.intake'::regclass`,
  )
  expect(rows[0].scanned).toBe(0)
  expect(rows[0].fetched).toBeGreaterThan(0)
  expect(rows[0].fetched).toBeLessThan(2000)
})
