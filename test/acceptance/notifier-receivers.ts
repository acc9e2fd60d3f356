import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

/** A request as a receiver saw it. */
export interface Heard {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The body, read as our payload; an empty object when it is no JSON. */
  readonly json: {
    readonly type?: string
    readonly data?: { readonly incident?: object; readonly [field: string]: unknown }
  }
}

/** How a receiver answers; by default 200 with no body. */
export type Answer = (heard: Heard, response: ServerResponse, request: IncomingMessage) => void

/** An HTTP receiver on a free port of the loopback. */
export interface HttpReceiver {
  readonly url: string
  readonly port: number
  readonly heard: Heard[]
  answer: Answer
  close(): Promise<void>
}

export async function startHttpReceiver(answer: Answer = (_, response) => response.end()): Promise<HttpReceiver> {
  const heard: Heard[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      const entry = { path: request.url ?? '', headers: request.headers, text, json: parsed(text) }
      heard.push(entry)
      receiver.answer(entry, response, request)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const receiver: HttpReceiver = {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    heard,
    answer,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return receiver
}

/** A stand-in for Slack's Web API: keeps the messages of one workspace, and answers as Slack does. */
export interface SlackStandIn {
  /** Base URL of the Web API. */
  readonly apiUrl: string
  readonly receiver: HttpReceiver
  /** Posted messages by `ts`, as they stand after edits. */
  readonly messages: Map<string, SlackMessage>
}

export interface SlackMessage {
  readonly channel: string
  readonly text: string
  readonly blocks: unknown
  readonly threadTs: string | null
  readonly edits: number
}

export async function startSlack(): Promise<SlackStandIn> {
  const messages = new Map<string, SlackMessage>()
  const reply = (response: ServerResponse, body: object) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(body))
  }
  const receiver = await startHttpReceiver((heard, response) => {
    const form = new URLSearchParams(heard.text)
    const field = (name: string) => form.get(name)
    if (heard.headers.authorization !== 'Bearer xoxb-good') return reply(response, { ok: false, error: 'invalid_auth' })
    const content = { text: field('text') ?? '', blocks: JSON.parse(field('blocks') ?? '[]') }
    if (heard.path === '/api/chat.postMessage') {
      if (field('channel') === '#gone') return reply(response, { ok: false, error: 'channel_not_found' })
      const ts = `17000000${String(messages.size).padStart(2, '0')}.000100`
      messages.set(ts, { channel: 'C0OPS', ...content, threadTs: field('thread_ts'), edits: 0 })
      return reply(response, { ok: true, channel: 'C0OPS', ts })
    }
    const ts = field('ts') ?? ''
    const message = messages.get(ts)
    if (heard.path !== '/api/chat.update' || message === undefined)
      return reply(response, { ok: false, error: 'message_not_found' })
    messages.set(ts, { ...message, ...content, edits: message.edits + 1 })
    return reply(response, { ok: true, channel: message.channel, ts })
  })
  return { apiUrl: `http://127.0.0.1:${receiver.port}/api/`, receiver, messages }
}

/** A mail server that keeps what it takes in. */
export interface MailServer {
  readonly url: string
  readonly mails: { readonly from: string; readonly to: readonly string[]; readonly raw: string }[]
  close(): Promise<void>
}

export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: MailServer['mails'] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('utf8'),
        })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function parsed(text: string): Heard['json'] {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
