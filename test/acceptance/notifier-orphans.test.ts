import { afterEach, describe, expect, it } from 'vitest'
import type { WebhookConfig } from '../../schema/domain/channel.js'
import { useStores } from '../harness/stores.js'
import { type HttpReceiver, startHttpReceiver } from './notifier-receivers.js'
import { BEGIN, createWorld, type World } from './notifier-world.js'

const stores = useStores()
const open: HttpReceiver[] = []
afterEach(async () => {
  for (const receiver of open.splice(0)) await receiver.close()
})

const HOUR = 3_600_000

/** One org with one webhook and one incident whose messages go there. */
async function scene(options: { sendResolved?: boolean; timeoutMs?: number } = {}) {
  const world = await createWorld(stores.pool, { timeoutMs: options.timeoutMs ?? 2_000 })
  const hook = await startHttpReceiver()
  open.push(hook)
  const orgId = await world.rows.org()
  const config: WebhookConfig = {
    kind: 'WEBHOOK',
    url: hook.url,
    secret: `whsec_${Buffer.alloc(24, 1).toString('base64')}`,
    headers: [],
  }
  const channelId = await world.rows.channel(orgId, 'ops', config, { sendResolved: options.sendResolved ?? true })
  const incidentId = await world.rows.incident(orgId, await world.rows.monitor(orgId, ['ops']))
  const say = async (kind: 'firing' | 'severity' | 'resolved') => {
    await world.rows.outbox(orgId, incidentId, kind, world.clock.now())
    await world.turn()
  }
  return { world, hook, orgId, channelId, incidentId, say }
}

async function told(world: World, incidentId: string): Promise<string[]> {
  return (await world.ledger(incidentId)).map(({ kind, status, reason }) => `${kind} ${status}: ${reason}`)
}

function types(hook: HttpReceiver): unknown[] {
  return hook.heard.map(({ json }) => json.type)
}

const refuse = (status: number) => (_: unknown, response: { writeHead(status: number): { end(): void } }) =>
  response.writeHead(status).end()
const accept = refuse(200)

describe('firing was surely not heard', () => {
  it('retrying => resolved: both fall silent, and nothing is tried again', async () => {
    const { world, hook, incidentId, say } = await scene()
    hook.answer = refuse(429)
    await say('firing')
    hook.answer = accept
    await say('resolved')
    expect(await told(world, incidentId)).toEqual([
      'firing SUPPRESSED: ended before it was heard',
      'resolved SUPPRESSED: never heard firing',
    ])
    await world.advance(100 * HOUR)
    expect(types(hook)).toEqual(['incident.firing'])
    expect(await world.openRows()).toBe(0)
    expect((await world.timeline(incidentId)).map(({ kind }) => kind)).toEqual(['not notified', 'not notified'])
  })

  it('failed => severity: the change is said as a firing; then its end is said', async () => {
    const { world, hook, incidentId, say } = await scene()
    hook.answer = refuse(400)
    await say('firing')
    hook.answer = accept
    await say('severity')
    await say('resolved')
    expect(types(hook)).toEqual(['incident.firing', 'incident.firing', 'incident.resolved'])
    expect(await told(world, incidentId)).toEqual([
      'firing FAILED: first',
      'severity DELIVERED: first',
      'resolved DELIVERED: all resolved',
    ])
  })

  it('failed => resolved: nothing is said', async () => {
    const { hook, say } = await scene()
    hook.answer = refuse(404)
    await say('firing')
    hook.answer = accept
    await say('resolved')
    expect(types(hook)).toEqual(['incident.firing'])
  })
})

describe('firing may have been heard', () => {
  it.each([
    ['500', refuse(500)],
    ['a time-out', () => undefined],
    ['a reset', (_: unknown, response: { destroy(): void }) => response.destroy()],
  ])('%s => resolved: firing is said again until it is known, then the end', async (_, answer) => {
    const { world, hook, incidentId, say } = await scene({ timeoutMs: 150 })
    hook.answer = answer
    await say('firing')
    hook.answer = accept
    await say('resolved')
    expect(types(hook)).toEqual(['incident.firing'])
    await world.advance(10_000)
    expect(types(hook)).toEqual(['incident.firing', 'incident.firing', 'incident.resolved'])
    expect(hook.heard[0]?.headers['webhook-id']).toBe(hook.heard[1]?.headers['webhook-id'])
    expect(hook.heard[0]?.text).toBe(hook.heard[1]?.text)
    expect(await told(world, incidentId)).toEqual(['firing DELIVERED: first', 'resolved DELIVERED: all resolved'])
    expect(await world.openRows()).toBe(0)
  })

  it('given up after twelve attempts => resolved is said all the same', async () => {
    const { world, hook, incidentId, say } = await scene()
    hook.answer = refuse(503)
    await say('firing')
    await world.advance(90 * HOUR)
    expect(types(hook)).toHaveLength(12)
    expect(await told(world, incidentId)).toEqual(['firing FAILED: first'])
    hook.answer = accept
    await say('resolved')
    expect(await told(world, incidentId)).toEqual(['firing FAILED: first', 'resolved DELIVERED: all resolved'])
    expect(types(hook).at(-1)).toBe('incident.resolved')
  })
})

describe('firing was heard', () => {
  it('a change of severity that is stuck gives way to the end', async () => {
    const { world, hook, incidentId, say } = await scene()
    await say('firing')
    hook.answer = refuse(503)
    await say('severity')
    hook.answer = accept
    await say('resolved')
    expect(types(hook)).toEqual(['incident.firing', 'incident.severity', 'incident.resolved'])
    expect(await told(world, incidentId)).toEqual([
      'firing DELIVERED: first',
      'severity SUPPRESSED: ended before it was heard',
      'resolved DELIVERED: all resolved',
    ])
  })

  it('the end is said though the monitor names the channel no more', async () => {
    const { world, hook, orgId, incidentId, say } = await scene()
    await say('firing')
    await stores.pool.query(`UPDATE monitor SET notify = '{}' WHERE org_id = $1`, [orgId])
    await say('resolved')
    expect(types(hook)).toEqual(['incident.firing', 'incident.resolved'])
    expect(await told(world, incidentId)).toHaveLength(2)
  })

  it('a channel that wants no end hears none, and the next incident anew', async () => {
    const { world, hook, orgId, incidentId, say } = await scene({ sendResolved: false })
    await say('firing')
    await say('resolved')
    expect(await told(world, incidentId)).toEqual([
      'firing DELIVERED: first',
      'resolved SUPPRESSED: resolved is off for this channel',
    ])
    const next = await world.rows.incident(orgId, null)
    await world.rows.outbox(orgId, next, 'firing')
    await world.turn()
    expect(types(hook)).toEqual(['incident.firing', 'incident.firing'])
    expect(await world.openRows()).toBe(0)
  })
})

describe('order', () => {
  it('holds while a message waits for the one before it', async () => {
    const { world, hook, say } = await scene()
    hook.answer = refuse(503)
    await say('firing')
    hook.answer = accept
    await say('severity')
    expect(types(hook)).toEqual(['incident.firing'])
    await world.advance(10_000)
    expect(types(hook)).toEqual(['incident.firing', 'incident.firing', 'incident.severity'])
  })

  it('holds when the last row of an incident is taken up first: an end that came in time silences all', async () => {
    const { world, hook, orgId, incidentId } = await scene()
    await world.rows.outbox(orgId, incidentId, 'firing')
    await world.rows.outbox(orgId, incidentId, 'severity', BEGIN + 1)
    const last = await world.rows.outbox(orgId, incidentId, 'resolved', BEGIN + 2)
    await world.settle(last)
    await world.turn()
    expect(hook.heard).toEqual([])
    expect(await told(world, incidentId)).toEqual([
      'firing SUPPRESSED: ended before it was heard',
      'severity SUPPRESSED: ended before it was heard',
      'resolved SUPPRESSED: never heard firing',
    ])
  })
})

describe('a receiver that is gone', () => {
  it('410 disables the channel with its reason, and nothing more is sent to it', async () => {
    const { world, hook, channelId, incidentId, say } = await scene()
    await say('firing')
    hook.answer = refuse(410)
    await say('severity')
    await say('resolved')
    const { rows } = await stores.pool.query('SELECT enabled, disabled_reason, version FROM channel WHERE id = $1', [
      channelId,
    ])
    expect(rows[0]).toEqual({
      enabled: false,
      disabled_reason: 'The receiver answered 410: it is gone for good.',
      version: 2,
    })
    expect(await told(world, incidentId)).toEqual([
      'firing DELIVERED: first',
      'severity FAILED: severity',
      'resolved SUPPRESSED: channel disabled',
    ])
    expect(types(hook)).toHaveLength(2)
  })

  it('429 is tried again no sooner than it asks', async () => {
    const { world, hook, incidentId, say } = await scene()
    hook.answer = (_, response) => response.writeHead(429, { 'retry-after': '600' }).end()
    await say('firing')
    const [row] = await world.ledger(incidentId)
    expect(row).toMatchObject({ status: 'RETRYING', may_have_heard: false, next_at: new Date(BEGIN + 600_000) })
    hook.answer = accept
    await world.advance(599_000)
    expect(hook.heard).toHaveLength(1)
    await world.advance(1_000)
    expect(hook.heard).toHaveLength(2)
    const { rows } = await stores.pool.query(
      'SELECT outcome, detail, next_at FROM delivery_attempt WHERE delivery_id = $1 ORDER BY id',
      [row.id],
    )
    expect(rows).toEqual([
      { outcome: 'retry', detail: 'answered 429, too many requests', next_at: new Date(BEGIN + 600_000) },
      { outcome: 'delivered', detail: 'answered 200', next_at: null },
    ])
  })
})

describe('a key that names no channel', () => {
  it('is recorded, and the others are told', async () => {
    const { world, hook, orgId } = await scene()
    const incidentId = await world.rows.incident(orgId, await world.rows.monitor(orgId, ['ops', 'opz']))
    await world.rows.outbox(orgId, incidentId, 'firing')
    await world.turn()
    expect(types(hook)).toEqual(['incident.firing'])
    expect((await world.timeline(incidentId)).map(({ text }) => text)).toContainEqual(
      expect.stringContaining('No channel has the key opz'),
    )
  })

  it('and an empty list, are said to notify nobody', async () => {
    const { world, hook, orgId } = await scene()
    const incidentId = await world.rows.incident(orgId, await world.rows.monitor(orgId, []))
    await world.rows.outbox(orgId, incidentId, 'firing')
    await world.turn()
    expect(hook.heard).toEqual([])
    expect((await world.timeline(incidentId)).map(({ text }) => text)).toEqual([
      'Nobody is notified: the monitor’s notify list is empty.',
    ])
    expect(await world.openRows()).toBe(0)
  })
})
