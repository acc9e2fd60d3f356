import { randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { createNotifier, type NotifierDeps } from '../../notifier/index.js'
import { createNotificationStore } from '../../prisma/notifications/index.js'
import { createJobs } from '../../queue/jobs.js'
import { createMemoryFanOut } from '../../queue/memory/fan-out.js'
import { useStores } from '../harness/stores.js'
import { startHttpReceiver, startMailServer, startSlack } from './notifier-receivers.js'
import { createKeptLog, createRows, SEALER } from './notifier-world.js'

const stores = useStores()
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  await stores.pool.query('TRUNCATE engine.outbox; TRUNCATE org CASCADE')
})

const secret = `whsec_${Buffer.alloc(24, 3).toString('base64')}`

/** A notifier as `main` wires it: real clock, BullMQ on PostgreSQL. */
async function running(overrides: Partial<NotifierDeps> = {}) {
  const { log, lines } = createKeptLog()
  const fanOut = createMemoryFanOut({ log })
  const schema = `jobs_${randomBytes(4).toString('hex')}`
  const jobs = createJobs({ connectionString: stores.url, log, schema })
  closing.push(() => jobs.close())
  const notifier = createNotifier({
    store: createNotificationStore({ pool: stores.pool, sealer: SEALER }),
    jobs,
    fanOut,
    clock: { now: () => Date.now() },
    log,
    random: { bytes: (length) => randomBytes(length) },
    mail: { smtpUrl: null, from: 'Tocsin <tocsin@example.com>' },
    slackApiUrl: 'http://127.0.0.1:9/api/',
    webhookAllow: ['127.0.0.1'],
    alone: false,
    publicUrl: null,
    ...overrides,
  })
  await notifier.start()
  closing.push(() => notifier.stop())
  return { notifier, fanOut, lines, schema, rows: createRows(stores.pool) }
}

async function receiver(answer?: Parameters<typeof startHttpReceiver>[0]) {
  const started = await startHttpReceiver(answer)
  closing.push(started.close)
  return started
}

async function openRows(): Promise<number> {
  const { rows } = await stores.pool.query('SELECT count(*)::int AS n FROM engine.outbox WHERE closed_at IS NULL')
  return rows[0].n
}

describe('a running notifier on BullMQ', () => {
  it('tells a receiver when the outbox is announced, and tries again what failed', async () => {
    const { notifier, fanOut, rows } = await running()
    let refusals = 1
    const hook = await receiver((_, response) => response.writeHead(refusals-- > 0 ? 429 : 200).end())
    const orgId = await rows.org()
    await rows.channel(orgId, 'ops', { kind: 'WEBHOOK', url: hook.url, secret, headers: [] })
    await rows.outbox(orgId, await rows.incident(orgId, null), 'firing')
    await fanOut.publish('outbox', '')
    await expect.poll(() => hook.heard.length, { timeout: 1_900 }).toBe(1)
    await expect.poll(() => hook.heard.length, { timeout: 15_000 }).toBe(2)
    await expect.poll(openRows).toBe(0)
    expect(notifier.metrics()).toEqual({ settled: 1, delivered: 1, retried: 1, failed: 0, swept: 0 })
  })

  it('lets no receiver that hangs delay another, and ends what is under way before it stops', async () => {
    const { notifier, fanOut, rows } = await running({ timeoutMs: 1_500 })
    const stuck = await receiver(() => undefined)
    const quick = await receiver()
    const orgId = await rows.org()
    await rows.channel(orgId, 'stuck', { kind: 'WEBHOOK', url: stuck.url, secret, headers: [] })
    await rows.channel(orgId, 'quick', { kind: 'WEBHOOK', url: quick.url, secret, headers: [] })
    const INCIDENTS = 80
    for (let i = 0; i < INCIDENTS; i++) await rows.outbox(orgId, await rows.incident(orgId, null), 'firing')
    const began = Date.now()
    await fanOut.publish('outbox', '')
    await expect.poll(() => quick.heard.length, { timeout: 20_000, interval: 20 }).toBe(INCIDENTS)
    // One after the other, the hanging receiver alone would take eighty times its time-out.
    expect(Date.now() - began).toBeLessThan(15_000)
    expect(stuck.heard.length).toBeLessThan(INCIDENTS)
    await notifier.stop()
    const { rows: left } = await stores.pool.query(
      `SELECT count(*)::int AS n FROM delivery_attempt WHERE outcome = 'sending'`,
    )
    expect(left[0].n).toBe(0)
  })

  it('keeps secrets out of logs, jobs, ledger and timeline', async () => {
    const mail = await startMailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_, __, done) => done(new Error('no s3cret-smtp')),
    })
    closing.push(mail.close)
    const slack = await startSlack()
    closing.push(slack.receiver.close)
    const { fanOut, lines, rows, schema } = await running({ slackApiUrl: slack.apiUrl })
    const hook = await receiver((heard, response) => response.writeHead(500).end(JSON.stringify(heard)))
    const gone = await receiver((heard, response) => response.writeHead(404).end(JSON.stringify(heard.headers)))
    const orgId = await rows.org()
    const headers = [{ name: 'authorization', value: 'Bearer s3cret-header' }]
    await rows.channel(orgId, 'hook', { kind: 'WEBHOOK', url: `${hook.url}?key=s3cret-query`, secret, headers })
    await rows.channel(orgId, 'gone', { kind: 'WEBHOOK', url: `${gone.url}/s3cret-path`, secret, headers })
    await rows.channel(orgId, 'away', { kind: 'WEBHOOK', url: 'http://u:s3cret-user@127.0.0.1:1/', secret, headers })
    await rows.channel(orgId, 'inward', { kind: 'WEBHOOK', url: 'http://10.0.0.1/s3cret-path', secret, headers })
    await rows.channel(orgId, 'mail', {
      kind: 'EMAIL',
      to: ['a@example.com'],
      smtpUrl: mail.url.replace('//', '//u:s3cret-smtp@'),
    })
    await rows.channel(orgId, 'slack', { kind: 'SLACK', via: 'token', token: 'xoxb-s3cret-token', channel: '#ops' })
    await rows.channel(orgId, 'slack-hook', { kind: 'SLACK', via: 'webhook', webhookUrl: `${hook.url}/s3cret-slack` })
    await rows.outbox(orgId, await rows.incident(orgId, null), 'firing')
    await fanOut.publish('outbox', '')
    const attempts = async () =>
      (await stores.pool.query(`SELECT outcome FROM delivery_attempt WHERE outcome <> 'sending'`)).rows.length
    await expect.poll(attempts, { timeout: 10_000 }).toBeGreaterThanOrEqual(7)

    const kept: string[] = [...lines]
    const tables = await stores.pool.query<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema IN ('public', 'engine', $1)`,
      [schema],
    )
    for (const { name } of tables.rows)
      kept.push(
        ...(await stores.pool.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`)).rows.map(
          ({ row }) => row,
        ),
      )
    expect(kept.length).toBeGreaterThan(20)
    expect(kept.join('\n')).toContain('answered 500')
    expect(kept.join('\n')).not.toMatch(/s3cret|whsec_/)
  })
})

describe('a test message', () => {
  it('says what became of it, on a channel that works and on one that does not', async () => {
    const slack = await startSlack()
    closing.push(slack.receiver.close)
    const { notifier, rows } = await running({ slackApiUrl: slack.apiUrl })
    const hook = await receiver()
    const orgId = await rows.org()
    const works = await rows.channel(
      orgId,
      'works',
      { kind: 'WEBHOOK', url: hook.url, secret, headers: [] },
      { enabled: false },
    )
    const token = { kind: 'SLACK', via: 'token', token: 'xoxb-bad', channel: '#ops' } as const
    const fails = await rows.channel(orgId, 'fails', token)
    expect(await notifier.testChannel(orgId, works)).toEqual({ delivered: true, detail: 'answered 200' })
    expect(hook.heard[0]?.json).toMatchObject({ type: 'channel.test' })
    expect(await notifier.testChannel(orgId, fails)).toEqual({
      delivered: false,
      detail: 'Slack answered invalid_auth',
    })
  })

  it('reaches no channel of another org', async () => {
    const { notifier, rows } = await running()
    const hook = await receiver()
    const theirs = await rows.channel(await rows.org(), 'ops', { kind: 'WEBHOOK', url: hook.url, secret, headers: [] })
    expect(await notifier.testChannel(await rows.org(), theirs)).toBeNull()
    expect(hook.heard).toEqual([])
  })

  it('says so when the configuration does not open', async () => {
    const { notifier, rows } = await running()
    const orgId = await rows.org()
    const id = await rows.channel(orgId, 'ops', { kind: 'EMAIL', to: ['a@example.com'], smtpUrl: null })
    await stores.pool.query(
      'UPDATE channel SET sealed_config = set_byte(sealed_config, 20, get_byte(sealed_config, 20) # 1) WHERE id = $1',
      [id],
    )
    expect(await notifier.testChannel(orgId, id)).toEqual({
      delivered: false,
      detail: expect.stringContaining('master key'),
    })
  })
})
