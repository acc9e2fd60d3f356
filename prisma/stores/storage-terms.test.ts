import { beforeEach, describe, expect, it } from 'vitest'
import { createMemoryFanOut } from '../../queue/memory/fan-out.js'
import { DEFAULT_RETENTION } from '../../schema/domain/retention.js'
import { STRICTEST_SCRUB_POLICY } from '../../schema/domain/scrub.js'
import type { Log } from '../../schema/ports/clock.js'
import { useStores } from '../../test/harness/stores.js'
import { createStorageTerms } from './storage-terms.js'

const stores = useStores()
const errors: object[] = []
const log: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (fields) => void errors.push(fields),
  child: () => log,
}

let now = 0
let asked = 0
const open = async () => {
  const fanOut = createMemoryFanOut({ log })
  const pool = {
    query: (...args: Parameters<typeof stores.pool.query>) => {
      asked++
      return stores.pool.query(...args)
    },
  } as typeof stores.pool
  const clock = { now: () => now }
  return { fanOut, terms: await createStorageTerms({ pool, fanOut, standard: DEFAULT_RETENTION, clock, log }) }
}

beforeEach(async () => {
  ;[now, asked] = [1_000_000, 0]
  errors.length = 0
  await stores.pool.query('DELETE FROM org')
  await stores.pool.query("INSERT INTO org (id, slug, name) VALUES ('org_a', 'a', 'A'), ('org_b', 'b', 'B')")
})

const setPolicy = (version: number, policy: object) =>
  stores.pool.query(
    `INSERT INTO scrub_policy VALUES ('org_a', $1, $2, now())
     ON CONFLICT (org_id) DO UPDATE SET version = excluded.version, policy = excluded.policy`,
    [version, policy],
  )
const setDays = (days: number | null) =>
  stores.pool.query("UPDATE org SET retention_logs_days = $1 WHERE id = 'org_a'", [days])

describe('what orgs have set', () => {
  it('is the standard where nothing is set, and names no policy', async () => {
    const { terms } = await open()
    expect(await terms.of('logs', ['org_a', 'org_x'])).toEqual({ days: { org_a: 30, org_x: 30 }, policies: {} })
    expect([...(await terms.retention()).exceptions()]).toEqual([])
  })

  it('is read again after 10 s at the latest, however often it is asked', async () => {
    const { terms } = await open()
    await terms.of('logs', ['org_a'])
    await setDays(7)
    await setPolicy(1, { kinds: { ipv4: 'hash' } })
    now += 9_999
    for (let i = 0; i < 5; i++) expect((await terms.of('logs', ['org_a'])).days).toEqual({ org_a: 30 })
    expect(asked).toBe(1)
    now += 1
    expect(await terms.of('logs', ['org_a', 'org_b'])).toEqual({
      days: { org_a: 7, org_b: 30 },
      policies: { org_a: { kinds: { ipv4: 'hash' }, fields: {}, sensitiveNames: [] } },
    })
    expect((await terms.of('spans', ['org_a'])).days).toEqual({ org_a: 30 })
  })

  it('is read again at once when a change is heard of, also one that comes while it is read', async () => {
    const { terms, fanOut } = await open()
    const first = terms.of('logs', ['org_a'])
    await setDays(3)
    await fanOut.publish('storage-terms', 'org_a')
    await first
    expect((await terms.of('logs', ['org_a'])).days).toEqual({ org_a: 3 })
    await setPolicy(1, { fields: { plan: 'mask' } })
    await fanOut.publish('storage-terms', 'org_a')
    expect((await terms.of('metrics', ['org_a'])).policies).toMatchObject({ org_a: { fields: { plan: 'mask' } } })
    await setPolicy(2, {})
    await fanOut.publish('storage-terms', 'org_a')
    expect((await terms.of('metrics', ['org_a'])).policies).toMatchObject({ org_a: { fields: {} } })
  })

  it('reads a policy once a version, and not the others again', async () => {
    const { terms } = await open()
    await setPolicy(1, {})
    for (const expected of [2, 3]) {
      await terms.of('logs', ['org_a'])
      expect(asked).toBe(expected)
      now += 10_000
    }
  })

  it('never lets an org keep more than it may', async () => {
    const { terms } = await open()
    await stores.pool.query("UPDATE org SET retention_logs_days = 60, most_logs_days = 45 WHERE id = 'org_a'")
    await stores.pool.query("UPDATE org SET retention_logs_days = 60 WHERE id = 'org_b'")
    expect((await terms.of('logs', ['org_a', 'org_b'])).days).toEqual({ org_a: 45, org_b: 30 })
    expect([...(await terms.retention()).exceptions().keys()]).toEqual(['org_a'])
  })

  it('redacts whatever is found where the stored policy cannot be read, and says so', async () => {
    const { terms } = await open()
    await setPolicy(1, { kinds: { email: 'shred' } })
    expect((await terms.of('logs', ['org_a'])).policies).toEqual({ org_a: STRICTEST_SCRUB_POLICY })
    expect(errors).toMatchObject([{ orgId: 'org_a', at: 'kinds.email' }])
  })

  it('makes no rows under what it cannot read', async () => {
    const { terms } = await open()
    await terms.of('logs', ['org_a'])
    now += 10_000
    const { query } = stores.pool
    stores.pool.query = () => Promise.reject(new Error('away'))
    try {
      await expect(terms.of('logs', ['org_a'])).rejects.toThrow('away')
    } finally {
      stores.pool.query = query
    }
    expect((await terms.of('logs', ['org_a'])).days).toEqual({ org_a: 30 })
  })
})
