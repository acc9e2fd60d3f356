import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, it } from 'vitest'
import type { WebhookConfig } from '../../schema/domain/channel.js'
import { useStores } from '../harness/stores.js'
import { type HttpReceiver, startHttpReceiver, startMailServer, startSlack } from './notifier-receivers.js'
import { BEGIN, createWorld } from './notifier-world.js'

const SECRET = `whsec_${Buffer.alloc(24, 5).toString('base64')}`
const stores = useStores()
const open: { close(): Promise<unknown> }[] = []

afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close()
})

async function receiver(): Promise<HttpReceiver> {
  const started = await startHttpReceiver()
  open.push(started)
  return started
}

function webhook(url: string, headers: WebhookConfig['headers'] = []): WebhookConfig {
  return { kind: 'WEBHOOK', url, secret: SECRET, headers }
}

describe('an incident', () => {
  it('reaches a signed webhook when it fires, worsens and ends', async () => {
    const world = await createWorld(stores.pool)
    const hook = await receiver()
    const orgId = await world.rows.org()
    await world.rows.channel(orgId, 'ops', webhook(hook.url, [{ name: 'X-Team', value: 'sre' }]))
    const incidentId = await world.rows.incident(orgId, await world.rows.monitor(orgId, ['ops']))

    await world.rows.outbox(orgId, incidentId, 'firing')
    await world.turn()
    await world.rows.outbox(orgId, incidentId, 'severity', BEGIN + 10_000)
    await world.turn()
    await world.rows.outbox(orgId, incidentId, 'resolved', BEGIN + 60_000)
    await world.turn()

    expect(hook.heard.map(({ json }) => json.type)).toEqual([
      'incident.firing',
      'incident.severity',
      'incident.resolved',
    ])
    const [first] = hook.heard
    expect(first?.headers['x-team']).toBe('sre')
    const ledger = await world.ledger(incidentId)
    expect(hook.heard.map(({ headers }) => headers['webhook-id'])).toEqual(ledger.map(({ id }) => id))
    expect(first?.json.data).toMatchObject({
      incident: { id: incidentId, title: 'Errors in checkout', labels: { service: 'checkout' }, severity: 'WARNING' },
      value: 12.5,
      monitor: { runbookUrl: 'https://runbooks.example/errors' },
    })
    expect(hook.heard[2]?.json.data?.incident).toMatchObject({
      state: 'RESOLVED',
      resolvedAt: new Date(BEGIN + 60_000).toISOString(),
    })
    expect(ledger.map(({ status, reason }) => [status, reason])).toEqual([
      ['DELIVERED', 'first'],
      ['DELIVERED', 'severity'],
      ['DELIVERED', 'all resolved'],
    ])
    expect((await world.timeline(incidentId)).map(({ kind }) => kind)).toEqual(['notified', 'notified', 'notified'])
    expect(await world.openRows()).toBe(0)
    expect(world.jobs.errors).toEqual([])
  })

  it('signs as Standard Webhooks says, over the bytes that were sent', async () => {
    const world = await createWorld(stores.pool)
    const hook = await receiver()
    const orgId = await world.rows.org()
    await world.rows.channel(orgId, 'ops', webhook(hook.url))
    await world.rows.outbox(orgId, await world.rows.incident(orgId, null), 'firing')
    await world.turn()

    const [heard] = hook.heard
    const headers = Object.fromEntries(
      Object.entries(heard?.headers ?? {}).map(([name, value]) => [name, String(value)]),
    )
    expect(headers['webhook-timestamp']).toBe(String(BEGIN / 1_000))
    expect(headers['webhook-signature']).toBe(
      new Webhook(SECRET).sign(headers['webhook-id'] ?? '', new Date(BEGIN), heard?.text ?? ''),
    )
  })

  it('is threaded by mail, one mail a channel with every addressee', async () => {
    const mail = await startMailServer()
    open.push(mail)
    const world = await createWorld(stores.pool, { smtpUrl: mail.url })
    const orgId = await world.rows.org()
    await world.rows.channel(orgId, 'mail', { kind: 'EMAIL', to: ['a@example.com', 'b@example.com'], smtpUrl: null })
    const incidentId = await world.rows.incident(orgId, null, { title: 'Disk <full>' })
    await world.rows.outbox(orgId, incidentId, 'firing')
    await world.turn()
    await world.rows.outbox(orgId, incidentId, 'resolved', BEGIN + 60_000)
    await world.turn()

    const [firing, resolved] = await world.ledger(incidentId)
    expect(mail.mails.map(({ to }) => to)).toEqual([
      ['a@example.com', 'b@example.com'],
      ['a@example.com', 'b@example.com'],
    ])
    expect(mail.mails[0]?.raw).toContain(`Message-ID: <${firing.id}@example.com>`)
    expect(mail.mails[0]?.raw).toMatch(/Subject: \[Firing WARNING\] #\d+ Disk <full>/)
    expect(mail.mails[0]?.raw).toContain('Disk &lt;full&gt;')
    expect(mail.mails[1]?.raw).toContain(`Message-ID: <${resolved.id}@example.com>`)
    expect(mail.mails[1]?.raw).toContain(`References: <${firing.id}@example.com>`)
    expect(mail.mails[1]?.raw).toContain(`In-Reply-To: <${firing.id}@example.com>`)
  })

  it('is one Slack message that is edited, with the changes in its thread', async () => {
    const slack = await startSlack()
    open.push(slack.receiver)
    const world = await createWorld(stores.pool, { slackApiUrl: slack.apiUrl })
    const orgId = await world.rows.org()
    await world.rows.channel(orgId, 'slack', { kind: 'SLACK', via: 'token', token: 'xoxb-good', channel: '#ops' })
    const incidentId = await world.rows.incident(orgId, null, { title: 'Errors in <!channel> & co' })
    await world.rows.outbox(orgId, incidentId, 'firing')
    await world.turn()
    await world.rows.outbox(orgId, incidentId, 'severity', BEGIN + 10_000)
    await world.turn()
    await world.rows.outbox(orgId, incidentId, 'resolved', BEGIN + 60_000)
    await world.turn()

    expect((await world.ledger(incidentId)).map(({ status }) => status)).toEqual([
      'DELIVERED',
      'DELIVERED',
      'DELIVERED',
    ])
    const [[firstTs, first] = [], ...thread] = [...slack.messages]
    expect(first).toMatchObject({ edits: 2, threadTs: null, channel: 'C0OPS' })
    expect(first?.text).toContain('[Resolved]')
    expect(first?.text).toContain('Errors in &lt;!channel&gt; &amp; co')
    expect(thread.map(([, message]) => message.threadTs)).toEqual([firstTs, firstTs])
  })

  it('reaches every enabled channel of its org and of no other when the monitor names none', async () => {
    const world = await createWorld(stores.pool)
    const [hook, other] = [await receiver(), await receiver()]
    const orgId = await world.rows.org()
    await world.rows.channel(orgId, 'one', webhook(hook.url))
    await world.rows.channel(orgId, 'two', webhook(hook.url))
    await world.rows.channel(orgId, 'off', webhook(hook.url), { enabled: false })
    await world.rows.channel(await world.rows.org(), 'one', webhook(other.url))
    const incidentId = await world.rows.incident(orgId, await world.rows.monitor(orgId, null))
    await world.rows.outbox(orgId, incidentId, 'firing')
    await world.turn()
    expect((await world.ledger(incidentId)).map(({ channel, status }) => [channel, status])).toEqual([
      ['one', 'DELIVERED'],
      ['two', 'DELIVERED'],
    ])
    expect(hook.heard).toHaveLength(2)
    expect(other.heard).toHaveLength(0)
  })
})
