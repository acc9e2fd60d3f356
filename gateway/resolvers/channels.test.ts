import { describe, expect, it } from 'vitest'
import { openChannelConfig } from '../../prisma/stores/channels.js'
import { useGateway } from '../../test/harness/gateway.js'

const gateway = useGateway(() => ({
  urlFault: (url) => (url.includes('169.254.') ? 'Found a link-local address; expected a public one.' : null),
  testChannel: async (orgId, channelId) => ({
    delivered: false,
    detail: `${orgId.slice(0, 4)} ${channelId.slice(0, 4)}`,
  }),
}))

const FIELDS = 'id key version name kind config sendResolved disabledReason'
const ERRORS = 'userErrors { code path message ... on ConflictError { currentVersion } }'
const CREATE = `mutation($input: ChannelCreateInput!) { channelCreate(input: $input) { channel { ${FIELDS} } signingSecret ${ERRORS} } }`
const UPDATE = `mutation($input: ChannelUpdateInput!) { channelUpdate(input: $input) { channel { ${FIELDS} } signingSecret ${ERRORS} } }`
const DELETE = `mutation($id: ID!) { channelDelete(id: $id) { deletedId ${ERRORS} } }`
const TEST = `mutation($id: ID!) { channelTest(id: $id) { delivered detail ${ERRORS} } }`

let count = 0
const create = async (config: object, more: object = {}) =>
  (await gateway.ask(CREATE, { input: { key: `c-${++count}`, name: 'Ops', config, ...more } })).data.channelCreate
const update = async (input: object) => (await gateway.ask(UPDATE, { input })).data.channelUpdate
const configOf = async (id: string) =>
  openChannelConfig(gateway.sealer, await gateway.database.channel.findUniqueOrThrow({ where: { id } }))

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

describe('a channel', () => {
  it.each([
    [
      'slack by token',
      { slack: { token: 'xoxb-1-hush', channel: '#ops' } },
      'SLACK',
      { slack: { token: '********', channel: '#ops' } },
    ],
    [
      'slack by webhook',
      { slack: { webhookUrl: 'https://hooks.slack.com/services/T/B/hush' } },
      'SLACK',
      { slack: { webhookUrl: 'https://hooks.slack.com/********' } },
    ],
    [
      'email',
      { email: { to: ['ops@example.com'], smtpUrl: 'smtps://me:hush@mail.example.com:465' } },
      'EMAIL',
      { email: { to: ['ops@example.com'], smtpUrl: 'smtps://********@mail.example.com:465' } },
    ],
    [
      'webhook',
      {
        webhook: {
          url: 'https://u:hush@example.com/hook?token=hush',
          secret: SECRET,
          headers: [{ name: 'x-key', value: 'hush' }],
        },
      },
      'WEBHOOK',
      {
        webhook: {
          url: 'https://********@example.com/hook?token=********',
          secret: '********',
          headers: [{ name: 'x-key', value: '********' }],
        },
      },
    ],
  ])('keeps its secrets to itself: %s', async (_name, config, kind, shown) => {
    const made = await create(config)
    expect(made).toMatchObject({
      channel: { version: 1, kind, config: shown, sendResolved: true, disabledReason: null },
    })
    expect(made.userErrors).toEqual([])
    const row = await gateway.pool.query('SELECT to_jsonb(c)::text AS text FROM channel c WHERE id = $1', [
      made.channel.id,
    ])
    expect(row.rows[0].text).not.toContain('hush')
    expect(row.rows[0].text).not.toContain(SECRET)
    expect(JSON.stringify(await configOf(made.channel.id))).toMatch(/hush/)
  })

  it('shows the secret of a webhook once, at its creation', async () => {
    const config = { webhook: { url: 'https://example.com/hook' } }
    const made = await create(config, { key: 'once', idempotencyKey: 'k' })
    expect(made.signingSecret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    const again = await create(config, { key: 'once', idempotencyKey: 'k' })
    expect(again).toMatchObject({ channel: { id: made.channel.id }, signingSecret: null, userErrors: [] })
    expect(await configOf(made.channel.id)).toMatchObject({ kind: 'WEBHOOK', secret: made.signingSecret })
  })

  it('keeps the secret when it is updated without one', async () => {
    const made = await create({ webhook: { url: 'https://example.com/a', secret: SECRET } })
    const changed = await update({
      id: made.channel.id,
      expectedVersion: 1,
      config: { webhook: { url: 'https://example.com/b' } },
    })
    expect(changed).toMatchObject({ channel: { version: 2 }, signingSecret: null, userErrors: [] })
    expect(await configOf(made.channel.id)).toMatchObject({ url: 'https://example.com/b', secret: SECRET })
  })

  it('is disabled and enabled by hand', async () => {
    const { channel } = await create({ email: { to: ['a@example.com'] } })
    const off = await update({ id: channel.id, expectedVersion: 1, enabled: false })
    expect(off.channel.disabledReason).toBe('disabled by hand')
    const on = await update({ id: channel.id, expectedVersion: 2, enabled: true })
    expect(on.channel.disabledReason).toBeNull()
  })

  it('tells a writer of an old version the current one', async () => {
    const { channel } = await create({ email: { to: ['a@example.com'] } })
    const answers = await Promise.all(['a', 'b'].map((name) => update({ id: channel.id, expectedVersion: 1, name })))
    const errors = answers.flatMap((answer) => answer.userErrors)
    expect(errors).toMatchObject([{ code: 'CONFLICT', currentVersion: 2, path: ['input', 'expectedVersion'] }])
  })

  it('is tested by the sender, and its key is free once it is deleted', async () => {
    const { channel } = await create({ email: { to: ['a@example.com'] } })
    const tested = await gateway.ask(TEST, { id: channel.id })
    expect(tested.data.channelTest).toEqual({ delivered: false, detail: 'org_ chn_', userErrors: [] })
    expect((await gateway.ask(DELETE, { id: channel.id })).data.channelDelete.deletedId).toBe(channel.id)
    const gone = await gateway.ask(TEST, { id: channel.id })
    expect(gone.data.channelTest).toMatchObject({ delivered: false, userErrors: [{ code: 'NOT_FOUND', path: ['id'] }] })
    expect((await create({ email: { to: ['a@example.com'] } }, { key: channel.key })).userErrors).toEqual([])
  })

  it('is kept while monitors name it in notify', async () => {
    const { channel } = await create({ email: { to: ['a@example.com'] } }, { key: 'hook' })
    const remove = async () => (await gateway.ask(DELETE, { id: channel.id })).data.channelDelete
    const rule = {
      threshold: { measure: { logs: { filter: '{a="b"}' } }, window: '1m', comparison: 'GT', critical: 1 },
    }
    const ids: string[] = []
    const name = async (key: string) => {
      const made = await gateway.ask(
        'mutation($m: MonitorInput!) { monitorCreate(input: { monitor: $m }) { monitor { id } userErrors { message } } }',
        { m: { key, name: key, rule, notify: ['hook'] } },
      )
      ids.push(made.data.monitorCreate.monitor.id)
    }
    await name('a')
    expect((await remove()).userErrors).toMatchObject([
      { code: 'INVALID', path: ['id'], message: 'Monitor a names channel "hook" in notify; take it out of it first.' },
    ])
    for (const key of ['b', 'c', 'd']) await name(key)
    expect((await remove()).userErrors).toMatchObject([
      { message: 'Monitors a, b and 2 more name channel "hook" in notify; take it out of them first.' },
    ])
    for (const id of ids) await gateway.ask('mutation($id: ID!) { monitorDelete(id: $id) { deletedId } }', { id })
    expect(await remove()).toEqual({ deletedId: channel.id, userErrors: [] })
  })

  it.each([
    ['a kind that is not delivered', { pagerduty: { routingKey: 'x' } }, ['pagerduty'], 'INVALID'],
    ['a token without a channel', { slack: { token: 'xoxb-1' } }, ['slack', 'channel'], 'INVALID'],
    ['nothing to reach Slack by', { slack: {} }, ['slack', 'token'], 'INVALID'],
    ['no address', { email: { to: [] } }, ['email', 'to'], 'INVALID'],
    ['an address that is none', { email: { to: ['ops'] } }, ['email', 'to', '0'], 'INVALID'],
    ['another protocol', { webhook: { url: 'ftp://example.com' } }, ['webhook', 'url'], 'INVALID'],
    [
      'an address that is forbidden',
      { webhook: { url: 'http://169.254.169.254/' } },
      ['webhook', 'url'],
      'URL_FORBIDDEN',
    ],
    [
      'a short secret',
      { webhook: { url: 'https://example.com', secret: 'whsec_aaaa' } },
      ['webhook', 'secret'],
      'INVALID',
    ],
    [
      'a header we set',
      { webhook: { url: 'https://example.com', headers: [{ name: 'Webhook-Id', value: 'x' }] } },
      ['webhook', 'headers', '0', 'name'],
      'INVALID',
    ],
    [
      'a header that breaks its line',
      { webhook: { url: 'https://example.com', headers: [{ name: 'a', value: 'x\r\ny: z' }] } },
      ['webhook', 'headers', '0', 'value'],
      'INVALID',
    ],
  ])('is refused with %s', async (_name, config, path, code) => {
    const made = await create(config)
    expect(made.userErrors).toMatchObject([{ code, path: ['input', 'config', ...path] }])
  })
})
