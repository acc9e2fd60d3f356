import { beforeAll, describe, expect, it } from 'vitest'
import { useStores } from '../test/harness/stores.js'
import { createPrisma, type Database } from './client.js'
import { TENANT_ROLE, walledDatabase, walledPool } from './walled.js'

const MINE = 'org_01j00000000000000000000000'
const OTHERS = 'org_01j00000000000000000000001'

const stores = useStores()
let database: Database
beforeAll(async () => {
  database = createPrisma(stores.pool)
  for (const id of [MINE, OTHERS]) {
    const userId = `usr_of_${id}`
    await database.org.create({ data: { id, slug: id.slice(-3), name: id } })
    await database.user.create({ data: { id: userId, email: `${id}@example.com`, name: 'N', passwordHash: 'x' } })
    await database.membership.create({ data: { id: `mem_of_${id}`, orgId: id, userId, role: 'OWNER' } })
    await database.ingestKey.create({
      data: {
        id: `key_of_${id}`,
        orgId: id,
        key: `tk_${id}`,
        name: 'k',
        scheme: 'BEARER',
        signals: [],
        allowedOrigins: [],
        secrets: { create: { id: `sec_of_${id}`, sealed: Buffer.from('s'), hash: Buffer.from(id) } },
      },
    })
    await stores.pool.query(
      `INSERT INTO engine.monitor_status (monitor_id, org_id, generation, state, health) VALUES ($1, $1, 1, 'OK', 'HEALTHY')`,
      [id],
    )
  }
})

const ids = async (rows: Promise<readonly { readonly id: string }[]>) => (await rows).map(({ id }) => id)

describe('an org’s wall', () => {
  it('shows a statement without any condition this org’s rows alone', async () => {
    const mine = walledDatabase(database, MINE)
    expect(await ids(mine.org.findMany())).toEqual([MINE])
    expect(await ids(mine.membership.findMany())).toEqual([`mem_of_${MINE}`])
    expect(await ids(mine.ingestKey.findMany({ include: { secrets: true } }))).toEqual([`key_of_${MINE}`])
    const { rows } = await walledPool(stores.pool, MINE).query('SELECT org_id FROM engine.monitor_status')
    expect(rows).toEqual([{ org_id: MINE }])
  })

  it('holds for rows that know their org only through others', async () => {
    const mine = walledDatabase(database, MINE)
    expect(await ids(mine.user.findMany())).toEqual([`usr_of_${MINE}`])
    expect(await ids(mine.ingestSecret.findMany())).toEqual([`sec_of_${MINE}`])
  })

  it('leaves other orgs’ rows as they are, and makes none for them', async () => {
    const mine = walledDatabase(database, MINE)
    const revokedAt = new Date(0)
    expect(await mine.ingestKey.updateMany({ where: { id: `key_of_${OTHERS}` }, data: { revokedAt } })).toEqual({
      count: 0,
    })
    expect(await mine.ingestSecret.deleteMany({ where: { id: `sec_of_${OTHERS}` } })).toEqual({ count: 0 })
    const key = { id: 'key_x', key: 'tk_x', name: 'x', scheme: 'BEARER', signals: [], allowedOrigins: [] }
    await expect(mine.ingestKey.create({ data: { ...key, orgId: OTHERS } })).rejects.toThrow(/row-level security/)
    await expect(
      mine.$transaction((inside) => inside.ingestKey.update({ where: { id: key.id }, data: { orgId: OTHERS } })),
    ).rejects.toThrow()
  })

  it('holds throughout a transaction, and ends with it', async () => {
    const seen = await walledDatabase(database, MINE).$transaction(async (inside) => [
      ...(await inside.org.findMany()),
      ...(await inside.org.findMany({ where: { id: OTHERS } })),
    ])
    expect(seen.map(({ id }) => id)).toEqual([MINE])
    // Every connection of the pool, whoever used it before, is nobody's again.
    const clients = await Promise.all(Array.from({ length: 10 }, () => stores.pool.connect()))
    try {
      for (const client of clients) {
        const { rows } = await client.query(
          `SELECT current_user <> $1 AS free, current_setting('tocsin.org', true) AS org`,
          [TENANT_ROLE],
        )
        expect([null, '']).toContain(rows[0].org)
        expect(rows[0].free).toBe(true)
      }
    } finally {
      for (const client of clients) client.release()
    }
  })

  it('shows nothing where no org is named', async () => {
    expect(await walledDatabase(database, '').org.findMany()).toEqual([])
  })

  it('lets nothing by that would pass it', async () => {
    const mine = walledDatabase(database, MINE)
    expect(() => mine.$queryRawUnsafe('SELECT 1')).toThrow(/pass the wall/)
    const outside = walledPool(stores.pool, MINE)
    for (const table of ['session', 'refresh_token', 'engine.intake', 'engine.outbox', '_prisma_migrations'])
      await expect(outside.query(`SELECT * FROM ${table}`)).rejects.toThrow(/permission denied/)
  })

  it('stands before every table that its role may read', async () => {
    const { rows } = await stores.pool.query(
      `SELECT c.oid::regclass::text AS name, c.relrowsecurity AS walled
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname IN ('public', 'engine', 'metrics')
         AND has_table_privilege($1, c.oid, 'SELECT, INSERT, UPDATE, DELETE')`,
      [TENANT_ROLE],
    )
    expect(rows.length).toBeGreaterThan(10)
    expect(rows.filter(({ walled }) => !walled)).toEqual([])
  })

  it('has a role that owns nothing and cannot sign in', async () => {
    const { rows } = await stores.pool.query(
      `SELECT rolsuper, rolbypassrls, rolcanlogin, (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) AS owned
       FROM pg_roles r WHERE rolname = $1`,
      [TENANT_ROLE],
    )
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, rolcanlogin: false, owned: 0 }])
  })
})
