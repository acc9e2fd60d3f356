import { createServer } from 'node:net'
import type { SMTPServerOptions } from 'smtp-server'
import { afterEach, describe, expect, it } from 'vitest'
import { startMailServer } from '../../test/acceptance/notifier-receivers.js'
import { aMessage, aSpeech } from '../../test/builders/speech.js'
import { createEgress } from './egress.js'
import { createEmailChannel } from './email.js'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function server(options: SMTPServerOptions = {}) {
  const started = await startMailServer(options)
  closing.push(started.close)
  return started
}

function channel(smtpUrl: string | null, allow: readonly string[] = ['127.0.0.1']) {
  return createEmailChannel({
    smtpUrl,
    from: 'Tocsin <alerts@tocsin.example>',
    egress: createEgress(allow),
    timeoutMs: 500,
  })
}

const TO = { kind: 'EMAIL' as const, to: ['sre@example.com'], smtpUrl: null }

function refusing(responseCode: number, message: string): SMTPServerOptions {
  return { onRcptTo: (_, __, done) => done(Object.assign(new Error(message), { responseCode })) }
}

describe('a mail', () => {
  it('carries text and HTML, both escaped for what they are', async () => {
    const mail = await server()
    const message = aMessage({
      incident: {
        ...aMessage().incident,
        title: 'Disk <b>full</b> & "hot"',
        labels: { host: '<script>', service: 'checkout' },
      },
    })
    const result = await channel(mail.url)(TO, aSpeech({ message }))
    expect(result).toEqual({ outcome: 'delivered', receipt: null, detail: 'accepted for 1 addressees' })
    const raw = (mail.mails[0]?.raw ?? '').replaceAll('=\r\n', '').replaceAll('=3D', '=')
    expect(raw).toContain('Firing: Disk <b>full</b> & "hot"')
    expect(raw).toContain('Disk &lt;b&gt;full&lt;/b&gt; &amp; &quot;hot&quot;</h2>')
    expect(raw).toContain('&lt;script&gt;')
    expect(raw).toContain('See checkout at 12.5.')
    expect(raw).toContain('href="https://runbooks.example/errors"')
    expect(raw).toContain('Auto-Submitted: auto-generated')
  })

  it('lets no title or address add a header or a recipient', async () => {
    const mail = await server()
    const title = 'Down\r\nBcc: thief@example.com\r\n\r\n<p>body</p>\u2028X: y'
    const message = aMessage({ incident: { ...aMessage().incident, title } })
    await channel(mail.url)(TO, aSpeech({ message }))
    const [headers = ''] = (mail.mails[0]?.raw ?? '').split('\r\n\r\n')
    expect(headers).not.toMatch(/^Bcc:/im)
    expect(headers).toMatch(/^Subject: .*Down Bcc: thief@example.com/m)
    expect(mail.mails[0]?.to).toEqual(['sre@example.com'])

    const sneaky = { ...TO, to: ['a@example.com, thief@example.com', 'b@example.com\r\nBcc: thief@example.com'] }
    await channel(mail.url)(sneaky, aSpeech())
    expect(mail.mails.flatMap(({ to }) => to)).not.toContain('thief@example.com')
  })

  it('keeps a title in any script whole', async () => {
    const mail = await server()
    const message = aMessage({ incident: { ...aMessage().incident, title: 'Störung: データベース 🔥' } })
    await channel(mail.url)(TO, aSpeech({ message }))
    expect(mail.mails[0]?.raw).toMatch(/^Subject: =\?UTF-8\?/m)
  })
})

describe('a mail server', () => {
  it.each([
    ['says later', refusing(451, 'greylisted'), { outcome: 'retry', mayHaveHeard: false }],
    ['knows no such mailbox', refusing(550, 'no such user'), { outcome: 'final' }],
    [
      'refuses the text itself',
      {
        onData: (stream, _, done) => {
          stream.resume()
          stream.on('end', () => done(Object.assign(new Error('spam'), { responseCode: 554 })))
        },
      },
      { outcome: 'final' },
    ],
    [
      'falls silent over the text',
      { onData: (stream) => void stream.resume() },
      { outcome: 'retry', mayHaveHeard: true },
    ],
  ] satisfies [string, SMTPServerOptions, object][])('that %s', async (_, options, expected) => {
    const mail = await server(options)
    expect(await channel(mail.url)(TO, aSpeech())).toMatchObject(expected)
  })

  it('that refuses the login is tried again, and its answer is not shown', async () => {
    const mail = await server({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ password }, _, done) => done(new Error(`wrong password ${password}`)),
    })
    const url = mail.url.replace('smtp://', 'smtp://user:s3cret@')
    const result = await channel(url)(TO, aSpeech())
    expect(result).toMatchObject({ outcome: 'retry', mayHaveHeard: false, detail: 'the mail server refused the login' })
  })

  it('that is not there is tried again', async () => {
    const mail = await startMailServer()
    await mail.close()
    expect(await channel(mail.url)(TO, aSpeech())).toMatchObject({ outcome: 'retry', mayHaveHeard: false })
  })

  it('that never greets is tried again, unheard', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    closing.push(async () => silent.close())
    const address = silent.address()
    const url = `smtp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
    expect(await channel(url)(TO, aSpeech())).toMatchObject({ outcome: 'retry', mayHaveHeard: false })
  })

  it('that nobody has named is said to be missing', async () => {
    const result = await channel(null)(TO, aSpeech())
    expect(result).toMatchObject({ outcome: 'final', detail: expect.stringContaining('TOCSIN_SMTP_URL') })
  })
})

describe('a mail server of the channel’s own', () => {
  it('is used instead of the installation’s', async () => {
    const own = await server()
    const installation = await server()
    await channel(installation.url)({ ...TO, smtpUrl: own.url }, aSpeech())
    expect([own.mails.length, installation.mails.length]).toEqual([1, 0])
  })

  it('is refused within the private network, as webhooks are', async () => {
    const own = await server()
    const result = await channel(null, [])({ ...TO, smtpUrl: own.url }, aSpeech())
    expect(result).toMatchObject({ outcome: 'final', detail: expect.stringContaining('TOCSIN_WEBHOOK_ALLOW') })
    expect(own.mails).toEqual([])
  })

  it('chooses no proxy by its query', async () => {
    const own = await server()
    const result = await channel(null)({ ...TO, smtpUrl: `${own.url}?proxy=http://127.0.0.1:1` }, aSpeech())
    expect(result.outcome).toBe('delivered')
  })
})
