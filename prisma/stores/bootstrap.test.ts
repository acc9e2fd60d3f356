import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { apiTokenText, hashPassword, ingestKeyText } from '../../gateway/index.js'
import { useStores } from '../../test/harness/stores.js'
import { createPrisma } from '../client.js'
import { createSealer } from '../sealing.js'
import { bootstrap } from './bootstrap.js'

const stores = useStores()

it('makes one org, whoever of many starts first, and nothing afterwards', async () => {
  const database = createPrisma(stores.pool)
  const start = () =>
    bootstrap({
      database,
      sealer: createSealer(Buffer.alloc(32, 1)),
      clock: { now: () => 1_772_000_000_000 },
      random: { bytes: (length) => randomBytes(length) },
      ownerEmail: 'Owner@Example.com',
      secrets: { hashPassword, apiTokenText, ingestKeyText },
    })
  const made = (await Promise.all([start(), start(), start()])).filter((one) => one !== null)
  expect(made).toHaveLength(1)
  expect(made[0]).toMatchObject({ email: 'owner@example.com', orgSlug: 'default' })
  expect(await start()).toBeNull()
  const { rows } = await stores.pool.query(
    'SELECT (SELECT count(*)::int FROM org) AS orgs, (SELECT count(*)::int FROM user_account) AS users, (SELECT count(*)::int FROM ingest_key) AS keys',
  )
  expect(rows).toEqual([{ orgs: 1, users: 1, keys: 2 }])
  await database.$disconnect()
})
