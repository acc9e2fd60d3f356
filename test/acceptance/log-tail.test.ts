import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Bootstrap } from '../../cli/bootstrap.js'
import { startTocsin } from '../../cli/tocsin-process.js'

const TAIL =
  'subscription($after: String) { logTail(query: "{service=\\"tail\\"}", after: $after) { cursor dropped record { message } } }'

interface TailEvent {
  readonly cursor: string
  readonly dropped: number
  readonly record: { readonly message: string } | null
}

/** Events of a tail over server-sent events. */
async function* tail({ graphqlUrl, apiToken }: Bootstrap, after: string | null): AsyncGenerator<TailEvent> {
  const response = await fetch(graphqlUrl, {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', authorization: `Bearer ${apiToken}` },
    body: JSON.stringify({ query: TAIL, variables: { after } }),
  })
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString('utf8')
    const whole = text.split('\n\n')
    text = whole.pop() ?? ''
    for (const part of whole) {
      const data = part.startsWith('event: next\ndata: ') ? JSON.parse(part.slice('event: next\ndata: '.length)) : null
      if (data?.data !== undefined) yield data.data.logTail
    }
  }
}

async function send({ ingestUrl, bearerKey }: Bootstrap, ...messages: string[]): Promise<number> {
  const logs = messages.map((message) => ({ service: 'tail', level: 'info', message }))
  const response = await fetch(new URL('/v1/logs', ingestUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${bearerKey.secret}` },
    body: JSON.stringify({ logs }),
  })
  expect(response.status).toBe(202)
  return Date.now()
}

it('shows what is accepted soon, and goes on across a restart without a gap or a double', {
  timeout: 180_000,
}, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-tail-'))
  let tocsin = await startTocsin(dataDir, {})
  try {
    const events = tail(tocsin.bootstrap, null)
    expect((await events.next()).value).toMatchObject({ record: null, dropped: 0 })
    const shown: string[] = []
    let cursor: string | null = null
    const took: number[] = []
    for (let number = 0; number < 5; number++) {
      const accepted = await send(tocsin.bootstrap, `m${number}`)
      const { value } = await events.next()
      took.push(Date.now() - accepted)
      shown.push(value?.record?.message ?? '')
      cursor = value?.cursor ?? null
    }
    console.log(`shown ${took.join(', ')} ms after its 202`)
    expect(Math.min(...took)).toBeLessThan(5_000)
    await send(tocsin.bootstrap, 'm5', 'm6')
    await events.return(undefined)
    await tocsin.stop()
    tocsin = await startTocsin(dataDir, {})
    await send(tocsin.bootstrap, 'm7')
    const more = tail(tocsin.bootstrap, cursor)
    while (shown.length < 8) {
      const { value, done } = await more.next()
      if (done) throw new Error('The tail ended before it had shown all.')
      if (value.record !== null) shown.push(value.record.message)
    }
    expect(shown).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7'])
    await more.return(undefined)
  } finally {
    await tocsin.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
})
