import { type Agent, request } from 'node:http'

/** A request that was made beforehand, so that making it is not measured. */
export interface ReadyRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** An answer other than one of acceptance. */
export class NotAccepted extends Error {
  override readonly name = 'NotAccepted'

  constructor(
    readonly status: number,
    text: string,
  ) {
    super(`The edge answered ${status}: ${text}`)
  }
}

/** Sends one request; fails with `NotAccepted` when it is not accepted. */
export function send(url: URL, agent: Agent, { headers, body }: ReadyRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers: { ...headers, 'content-length': body.length } })
    sent.on('error', reject)
    sent.on('response', (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('error', reject)
      answer.on('end', () => {
        const { statusCode = 0 } = answer
        if (statusCode >= 200 && statusCode < 300) resolve()
        else reject(new NotAccepted(statusCode, text))
      })
    })
    sent.end(body)
  })
}
