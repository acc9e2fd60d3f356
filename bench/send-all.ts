import { Agent, request } from 'node:http'

/** A request that was made and signed beforehand. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Sends all requests over so many connections; returns how long each took, ms. Fails when one is not accepted. */
export async function sendAll(url: URL, requests: readonly SignedRequest[], connections: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const took: number[] = []
  let next = 0
  const lane = async () => {
    for (let one = requests[next++]; one !== undefined; one = requests[next++]) {
      const start = performance.now()
      await send(url, agent, one)
      took.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: connections }, lane))
  agent.destroy()
  return took
}

function send(url: URL, agent: Agent, { headers, body }: SignedRequest): Promise<void> {
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
        if (answer.statusCode === 202) resolve()
        else reject(new Error(`The edge answered ${answer.statusCode}: ${text}`))
      })
    })
    sent.end(body)
  })
}
