import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { Webhook } from 'standardwebhooks'

/** What a receiver heard. */
export interface Heard {
  readonly by: 'webhook' | 'email' | 'slack'
  /** What happened to the incident, as the receiver was told. */
  readonly says: 'firing' | 'resolved' | 'other'
  readonly summary: string
  /** What was checked of it. */
  readonly proof: string
}

/** Local receivers of pages: each checks what it gets as the real one would. */
export interface Receivers {
  readonly webhookUrl: string
  readonly smtpUrl: string
  readonly slackApiUrl: string
  /** Must be the webhook channel's signing secret before the first message. */
  expectSecret(secret: string): void
  close(): Promise<void>
}

/** The token that the Slack stand-in takes. */
export const SLACK_TOKEN = 'xoxb-demo'

/** Starts a webhook receiver, a mail server and a stand-in for Slack's API on free ports of the loopback. */
export async function startReceivers(heard: (message: Heard) => void): Promise<Receivers> {
  let secret = ''
  const webhook = await listen(
    createServer((request, response) => {
      readBody(request)
        .then((body) => {
          heard(verifyWebhook(secret, request, body))
          response.writeHead(204).end()
        })
        .catch((error: unknown) => {
          response.writeHead(401).end()
          heard({ by: 'webhook', says: 'other', summary: `refused: ${String(error)}`, proof: 'signature wrong' })
        })
    }),
  )
  const slack = await listen(
    createServer((request, response) => {
      readBody(request)
        .then((body) => {
          const { answer, message } = answerSlack(request, body)
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
          if (message !== null) heard(message)
        })
        .catch((error: unknown) => response.writeHead(400).end(String(error)))
    }),
  )
  const mail = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const recipients = session.envelope.rcptTo.map(({ address }) => address).join(', ')
        heard(readMail(Buffer.concat(chunks).toString('utf8'), recipients))
        done()
      })
    },
  })
  mail.listen(0, '127.0.0.1')
  await once(mail.server, 'listening')
  return {
    webhookUrl: `http://127.0.0.1:${portOf(webhook)}/page`,
    smtpUrl: `smtp://127.0.0.1:${(mail.server.address() as AddressInfo).port}`,
    slackApiUrl: `http://127.0.0.1:${portOf(slack)}/api/`,
    expectSecret(value) {
      secret = value
    },
    async close() {
      webhook.closeAllConnections()
      slack.closeAllConnections()
      await Promise.all([
        new Promise((resolve) => webhook.close(resolve)),
        new Promise((resolve) => slack.close(resolve)),
        new Promise<void>((resolve) => mail.close(() => resolve())),
      ])
    },
  }
}

/** Checks the Standard Webhooks signature; throws when it is wrong. */
function verifyWebhook(secret: string, request: IncomingMessage, body: string): Heard {
  const headers = Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, String(request.headers[name] ?? '')]),
  )
  const payload = new Webhook(secret).verify(body, headers) as { type: string; data: { summary: string } }
  return {
    by: 'webhook',
    says: saysOf(payload.type.replace('incident.', '')),
    summary: payload.data.summary,
    proof: `signature verified, ${headers['webhook-id']}`,
  }
}

function answerSlack(request: IncomingMessage, body: string): { answer: object; message: Heard | null } {
  const method = new URL(request.url ?? '/', 'http://slack').pathname.split('/').at(-1) ?? ''
  const form = new URLSearchParams(body)
  const fields = request.headers['content-type']?.includes('json')
    ? (JSON.parse(body) as Record<string, string>)
    : Object.fromEntries(form)
  const authorized = request.headers.authorization === `Bearer ${SLACK_TOKEN}` || fields.token === SLACK_TOKEN
  if (!authorized) return { answer: { ok: false, error: 'invalid_auth' }, message: null }
  const answer = { ok: true, channel: 'C0DEMO', ts: fields.ts ?? `${Date.now() / 1000}`, message: {} }
  const text = String(fields.text ?? '')
  const says = /resolved/i.test(text) ? 'resolved' : method === 'chat.postMessage' ? 'firing' : 'other'
  return { answer, message: { by: 'slack', says, summary: text, proof: `${method} with the channel's token` } }
}

function readMail(raw: string, recipients: string): Heard {
  const unfolded = raw.replaceAll(/\r\n[ \t]+/g, ' ')
  const subject = decodeHeader(/^Subject: (.*)$/im.exec(unfolded)?.[1] ?? '')
  const says = /resolved/i.test(subject) ? 'resolved' : 'firing'
  return { by: 'email', says, summary: subject, proof: `SMTP to ${recipients}` }
}

/** An RFC 2047 header of UTF-8 words, as people read it. */
function decodeHeader(text: string): string {
  return text.replaceAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=\s*/gi, (_, kind: string, word: string) =>
    kind.toUpperCase() === 'B'
      ? Buffer.from(word, 'base64').toString('utf8')
      : decodeURIComponent(word.replaceAll('_', ' ').replaceAll('%', '%25').replaceAll('=', '%')),
  )
}

function saysOf(type: string): Heard['says'] {
  return type === 'firing' || type === 'resolved' ? type : 'other'
}

async function listen(server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
