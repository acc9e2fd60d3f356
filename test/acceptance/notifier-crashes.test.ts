import { afterEach, describe, expect, it } from 'vitest'
import { CLAIM_LEASE_MS } from '../../notifier/deliver.js'
import { LOST_AFTER_MS } from '../../notifier/sweeper.js'
import type { NotificationStore } from '../../schema/ports/notifications.js'
import { useStores } from '../harness/stores.js'
import { type HttpReceiver, startHttpReceiver } from './notifier-receivers.js'
import { createWorld } from './notifier-world.js'

const stores = useStores()
const open: HttpReceiver[] = []
afterEach(async () => {
  for (const receiver of open.splice(0)) await receiver.close()
  await stores.pool.query('TRUNCATE engine.outbox; TRUNCATE org CASCADE')
})

/** A store whose process dies at a step: before its transaction, or after it was committed. */
function dying(at: keyof NotificationStore, when: 'before' | 'after') {
  const fault = { armed: true, died: 0 }
  const over = (store: NotificationStore): NotificationStore => {
    const step = store[at] as (...values: unknown[]) => Promise<unknown>
    return {
      ...store,
      async [at](...values: unknown[]) {
        if (!fault.armed) return step(...values)
        if (when === 'after') await step(...values)
        fault.died++
        throw new Error(`died ${when} ${at}`)
      },
    }
  }
  return { fault, over }
}

async function scene(over?: (store: NotificationStore) => NotificationStore) {
  const world = await createWorld(stores.pool, over === undefined ? {} : { storeOver: over })
  const hook = await startHttpReceiver()
  open.push(hook)
  const orgId = await world.rows.org()
  const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`
  await world.rows.channel(orgId, 'ops', { kind: 'WEBHOOK', url: hook.url, secret, headers: [] })
  const incidentId = await world.rows.incident(orgId, null)
  return { world, hook, orgId, incidentId }
}

describe('a process that dies', () => {
  it.each([
    ['settle', 'before', 1],
    ['settle', 'after', 1],
    ['claim', 'before', 1],
    ['claim', 'after', 1],
    ['record', 'before', 2],
    ['record', 'after', 1],
  ] as const)('at %s, %s it was committed: the message comes, %i time(s) under one key', async (at, when, times) => {
    const { fault, over } = dying(at, when)
    const { world, hook, orgId, incidentId } = await scene(over)
    await world.rows.outbox(orgId, incidentId, 'firing')
    await world.turn()
    expect(fault.died).toBe(1)
    fault.armed = false
    // Its jobs die with it, as far as the queue remembers.
    world.jobs.lose()
    await world.advance(CLAIM_LEASE_MS + LOST_AFTER_MS + 1)
    await world.sweep()

    expect(hook.heard).toHaveLength(times)
    expect(new Set(hook.heard.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect((await world.ledger(incidentId)).map(({ status }) => status)).toEqual(['DELIVERED'])
    expect(await world.openRows()).toBe(0)
    const { rows } = await stores.pool.query('SELECT count(*)::int AS n FROM notification WHERE incident_id = $1', [
      incidentId,
    ])
    expect(rows[0].n).toBe(1)
  })

  it.each([
    ['settle', 'before', 1],
    ['settle', 'after', 1],
    ['claim', 'after', 1],
    ['record', 'before', 2],
  ] as const)(
    'at %s, %s it was committed, and begins again alone: the message comes at once',
    async (at, when, times) => {
      const { fault, over } = dying(at, when)
      const { world, hook, orgId, incidentId } = await scene(over)
      await world.rows.outbox(orgId, incidentId, 'firing')
      await world.turn()
      fault.armed = false
      world.jobs.lose()
      await world.restart()

      expect(hook.heard).toHaveLength(times)
      expect(new Set(hook.heard.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
      expect((await world.ledger(incidentId)).map(({ status }) => status)).toEqual(['DELIVERED'])
      expect(await world.openRows()).toBe(0)
    },
  )

  it('while sending leaves an attempt that may have been heard, so that its end is said', async () => {
    const { fault, over } = dying('record', 'before')
    const { world, hook, orgId, incidentId } = await scene(over)
    hook.answer = (_, response) => response.writeHead(429).end()
    await world.rows.outbox(orgId, incidentId, 'firing')
    await world.turn()
    fault.armed = false
    expect(await world.ledger(incidentId)).toMatchObject([{ status: 'PENDING', may_have_heard: true }])
    await world.rows.outbox(orgId, incidentId, 'resolved', world.clock.now())
    hook.answer = (_, response) => response.end()
    await world.turn()
    await world.advance(CLAIM_LEASE_MS + LOST_AFTER_MS + 1)
    await world.sweep()
    expect(hook.heard.map(({ json }) => json.type)).toEqual(['incident.firing', 'incident.firing', 'incident.resolved'])
    const { rows } = await stores.pool.query('SELECT outcome FROM delivery_attempt ORDER BY id')
    expect(rows.map(({ outcome }) => outcome)).toEqual(['unknown', 'delivered', 'delivered'])
  })
})

describe('jobs that are lost', () => {
  it('before a row was settled: the sweeper hands it over under another id', async () => {
    const { world, hook, orgId, incidentId } = await scene()
    const id = await world.rows.outbox(orgId, incidentId, 'firing')
    const [handed] = await world.store.handOver({ now: world.clock.now(), staleBefore: null, limit: 10 })
    expect(handed).toEqual({ id, attempt: 1 })
    expect(await world.sweep()).toBe(0)
    await world.advance(LOST_AFTER_MS + 1)
    expect(await world.sweep()).toBe(1)
    expect(hook.heard).toHaveLength(1)
    const { rows } = await stores.pool.query('SELECT attempt FROM engine.outbox WHERE id = $1', [String(id)])
    expect(rows[0].attempt).toBe(2)
  })

  it('with a retry to come: it is made when it is due, and not before', async () => {
    const { world, hook, orgId, incidentId } = await scene()
    hook.answer = (_, response) => response.writeHead(429, { 'retry-after': '3600' }).end()
    await world.rows.outbox(orgId, incidentId, 'firing')
    await world.turn()
    world.jobs.lose()
    hook.answer = (_, response) => response.end()
    await world.advance(3_600_000)
    expect(await world.sweep()).toBe(0)
    await world.advance(LOST_AFTER_MS + 1)
    expect(await world.sweep()).toBe(1)
    expect(hook.heard).toHaveLength(2)
    expect(await world.openRows()).toBe(0)
  })

  it('of deliveries that wait for their turn are not: the sweeper leaves them until their process falls silent', async () => {
    const { world, orgId, incidentId } = await scene()
    await world.settle(await world.rows.outbox(orgId, incidentId, 'firing'))
    world.jobs.lose()
    world.waiting.push((await world.ledger(incidentId))[0].id)
    for (let i = 0; i < 4; i++) {
      await world.advance(LOST_AFTER_MS)
      expect(await world.sweep()).toBe(0)
    }
    world.waiting.length = 0
    await world.advance(LOST_AFTER_MS + 1)
    expect(await world.sweep()).toBe(1)
  })

  it('with the queue away: rows are taken back and handed over again', async () => {
    const { world, hook, orgId, incidentId } = await scene()
    await world.rows.outbox(orgId, incidentId, 'firing')
    world.jobs.refuse(true)
    await expect(world.turn()).rejects.toThrow('the queue is away')
    world.jobs.refuse(false)
    await world.turn()
    expect(hook.heard).toHaveLength(1)
  })
})

it('a message that waits behind a long retry is left alone by the sweeper', async () => {
  const { world, hook, orgId, incidentId } = await scene()
  hook.answer = (_, response) => response.writeHead(503, { 'retry-after': '3600' }).end()
  await world.rows.outbox(orgId, incidentId, 'firing')
  await world.turn()
  await world.rows.outbox(orgId, incidentId, 'severity', world.clock.now())
  await world.turn()
  const before = world.jobs.payloads.length
  await world.advance(1_800_000)
  expect(await world.sweep()).toBe(0)
  expect(world.jobs.payloads).toHaveLength(before)
})

it('two workers with one delivery send it once', async () => {
  const { world, hook, orgId, incidentId } = await scene()
  const id = await world.rows.outbox(orgId, incidentId, 'firing')
  const other = await createWorld(stores.pool)
  await Promise.all([world.settle(id), other.settle(id), world.settle(id)])
  const [row] = await world.ledger(incidentId)
  await Promise.all([world.deliver(row.id), other.deliver(row.id), world.deliver(row.id), other.deliver(row.id)])
  expect(hook.heard).toHaveLength(1)
  expect(await world.ledger(incidentId)).toHaveLength(1)
})

it('an attempt that outlives its lease does not undo what another has done since', async () => {
  const { world, hook, orgId, incidentId } = await scene()
  const other = await createWorld(stores.pool)
  await world.settle(await world.rows.outbox(orgId, incidentId, 'firing'))
  const [row] = await world.ledger(incidentId)
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  hook.answer = (_, response) => {
    if (hook.heard.length > 1) response.end()
    else void held.then(() => response.writeHead(400).end())
  }
  const slow = world.deliver(row.id)
  await expect.poll(() => hook.heard.length).toBe(1)
  await other.advance(CLAIM_LEASE_MS + 1)
  await other.deliver(row.id)
  release()
  await slow
  expect(await world.ledger(incidentId)).toMatchObject([{ status: 'DELIVERED', attempt_count: 2 }])
})
