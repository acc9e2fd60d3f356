import { afterEach, describe, expect, it } from 'vitest'
import { startHttpReceiver, startSlack } from '../../test/acceptance/notifier-receivers.js'
import { aMessage, aSpeech } from '../../test/builders/speech.js'
import { createEgress } from './egress.js'
import { createSlackChannel } from './slack.js'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function slack() {
  const started = await startSlack()
  closing.push(started.receiver.close)
  const send = createSlackChannel({ apiUrl: started.apiUrl, egress: createEgress(['127.0.0.1']), timeoutMs: 400 })
  return { ...started, send }
}

const OPS = { kind: 'SLACK' as const, via: 'token' as const, token: 'xoxb-good', channel: '#ops' }
const RESOLVED = { says: 'resolved' as const }

describe('a first message', () => {
  it('leaves where it stands as a receipt', async () => {
    const { send, messages } = await slack()
    const result = await send(OPS, aSpeech())
    const [ts] = [...messages.keys()]
    expect(result).toEqual({ outcome: 'delivered', receipt: { channel: 'C0OPS', ts }, detail: 'posted to C0OPS' })
  })

  it('mentions nobody and links nowhere by a user’s text', async () => {
    const { send, messages } = await slack()
    const title = '<!channel> <@U1> <https://evil.example|click> & *bold*'
    await send(OPS, aSpeech({ message: aMessage({ incident: { ...aMessage().incident, title } }) }))
    const shown = JSON.stringify([...messages.values()][0]?.blocks)
    expect(shown).not.toMatch(/<!channel>|<@U1>|<https:\/\/evil/)
    expect(shown).toContain('&lt;!channel&gt;')
    expect(shown).toContain('<https://runbooks.example/errors|Runbook>')
  })

  it('stays within Slack’s limits, however long its parts', async () => {
    const { send, messages } = await slack()
    const long = '&<>🔥'.repeat(5_000)
    const base = aMessage()
    const message = aMessage({
      incident: { ...base.incident, title: long, labels: { a: long, b: long } },
      monitor: base.monitor === null ? null : { ...base.monitor, name: long, body: long },
      reason: long,
    })
    await send(OPS, aSpeech({ message }))
    const [posted] = [...messages.values()]
    expect(posted?.text.length).toBeLessThan(40_000)
    const texts = [...JSON.stringify(posted?.blocks).matchAll(/"text":"((?:[^"\\]|\\.)*)"/g)].map(
      ([, text = '']) => text,
    )
    expect(texts.length).toBeGreaterThan(5)
    for (const text of texts) expect(text.length).toBeLessThanOrEqual(3_000)
    expect(JSON.stringify(posted?.blocks)).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/)
  })
})

describe('a later message', () => {
  it('edits the first and stands in its thread, whose receipt it keeps', async () => {
    const { send, messages } = await slack()
    const first = await send(OPS, aSpeech())
    const receipt = first.outcome === 'delivered' ? first.receipt : null
    const result = await send(OPS, aSpeech({ ...RESOLVED, thread: { deliveryId: 'dlv_first', receipt } }))
    expect(result).toMatchObject({ outcome: 'delivered', receipt })
    expect([...messages.values()].map(({ edits, threadTs }) => [edits, threadTs === null])).toEqual([
      [1, true],
      [0, false],
    ])
  })

  it('is a message of its own when nobody knows where the first stands', async () => {
    const { send, messages } = await slack()
    const result = await send(OPS, aSpeech({ ...RESOLVED, thread: { deliveryId: 'dlv_first', receipt: null } }))
    expect(result.outcome).toBe('delivered')
    expect([...messages.values()].map(({ threadTs }) => threadTs)).toEqual([null])
  })

  it('still goes to the thread when the first can be edited no more', async () => {
    const { send, messages } = await slack()
    const receipt = { channel: 'C0OPS', ts: '1600000000.000100' }
    const result = await send(OPS, aSpeech({ ...RESOLVED, thread: { deliveryId: 'dlv_first', receipt } }))
    expect(result.outcome).toBe('delivered')
    expect([...messages.values()].map(({ threadTs }) => threadTs)).toEqual([receipt.ts])
  })
})

describe('an answer of Slack', () => {
  it('429 is repeated when it says so, and by nobody but us', async () => {
    const { send, receiver } = await slack()
    receiver.answer = (_, response) => response.writeHead(429, { 'retry-after': '30' }).end()
    expect(await send(OPS, aSpeech())).toMatchObject({ outcome: 'retry', afterMs: 30_000, mayHaveHeard: false })
    expect(receiver.heard).toHaveLength(1)
  })

  it.each(['channel_not_found', 'not_in_channel', 'is_archived', 'token_revoked'])('%s is final', async (error) => {
    const { send, receiver } = await slack()
    receiver.answer = (_, response) => response.end(JSON.stringify({ ok: false, error }))
    expect(await send(OPS, aSpeech())).toEqual({
      outcome: 'final',
      detail: `Slack answered ${error}`,
      disableChannel: null,
    })
  })

  it.each(['internal_error', 'fatal_error', 'service_unavailable'])('%s may be repeated', async (error) => {
    const { send, receiver } = await slack()
    receiver.answer = (_, response) => response.end(JSON.stringify({ ok: false, error }))
    expect(await send(OPS, aSpeech())).toMatchObject({ outcome: 'retry', mayHaveHeard: true })
  })

  it('500 may be repeated, and never shows the token', async () => {
    const { send, receiver } = await slack()
    receiver.answer = (heard, response) => response.writeHead(500).end(heard.headers.authorization)
    const result = await send(OPS, aSpeech())
    expect(result).toMatchObject({ outcome: 'retry', mayHaveHeard: true })
    expect(JSON.stringify(result)).not.toContain('xoxb')
  })

  it('that never comes may be repeated, and may have been heard', async () => {
    const { send, receiver } = await slack()
    receiver.answer = () => undefined
    expect(await send(OPS, aSpeech())).toMatchObject({ outcome: 'retry', mayHaveHeard: true })
  })

  it('that never comes after the edit was seen was heard in part', async () => {
    const { send, receiver } = await slack()
    receiver.answer = (heard, response) =>
      heard.path.endsWith('chat.update')
        ? response.end(JSON.stringify({ ok: true }))
        : response.writeHead(429, { 'retry-after': '1' }).end()
    const thread = { deliveryId: 'dlv_first', receipt: { channel: 'C0OPS', ts: '1.1' } }
    expect(await send(OPS, aSpeech({ ...RESOLVED, thread }))).toMatchObject({ outcome: 'retry', mayHaveHeard: true })
  })
})

describe('an incoming webhook', () => {
  const config = (webhookUrl: string) => ({ kind: 'SLACK' as const, via: 'webhook' as const, webhookUrl })

  it('is posted to', async () => {
    const hook = await startHttpReceiver()
    closing.push(hook.close)
    const { send } = await slack()
    expect(await send(config(hook.url), aSpeech())).toMatchObject({ outcome: 'delivered' })
    expect(JSON.parse(hook.heard[0]?.text ?? '')).toMatchObject({ text: '[Firing WARNING] #7 Errors in checkout' })
  })

  it('meets the same guard as any webhook', async () => {
    const send = createSlackChannel({ apiUrl: 'http://127.0.0.1:9/', egress: createEgress([]) })
    expect(await send(config('http://127.0.0.1:9/services/T/B/x'), aSpeech())).toMatchObject({ outcome: 'final' })
  })
})
