import { setImmediate as nextTurn } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import type { FetchAnswer, FetchInit } from '../client/attempt.js'
import { createClient } from '../client/client.js'
import type { ClientClock } from '../client/clock.js'
import type { ClientOptions, Drop } from '../client/options.js'

/** A clock that stands still until it is told to go on. */
export class ScriptedClock implements ClientClock {
  #now = Date.UTC(2026, 0, 5, 12)
  #timers = new Set<{ readonly at: number; readonly run: () => void }>()

  now = () => this.#now
  schedule = (ms: number, run: () => void) => {
    const timer = { at: this.#now + ms, run }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }
  /** Lets `ms` pass; what became due runs in order, and what it set going goes on until it waits again. */
  async pass(ms: number): Promise<void> {
    await settled()
    const until = this.#now + ms
    for (;;) {
      const next = [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#timers.delete(next)
      this.#now = next.at
      next.run()
      await settled()
    }
    this.#now = until
    await settled()
  }
}

/** Turns of the event loop, until nothing that was set going can still be between two of them. Compression takes some. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await nextTurn()
}

/** A request that the client sent. */
export interface Sent {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly raw: string | Uint8Array
  /** Decompressed. */
  readonly json: Record<string, readonly { readonly message?: string }[]> & { readonly sentAt?: number }
}

/** What the server answers; an Error is a lost connection. */
export type Scripted = { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown }

export const accepted: Scripted = { status: 202, body: { accepted: 1, batchId: 'b' } }

/** A client whose time, chance and server are the test's. Requests get the answers in turn, then 202. */
export function scriptedClient(
  options: Partial<ClientOptions> & { readonly answers?: readonly (Scripted | Error | Promise<Scripted>)[] } = {},
) {
  const clock = new ScriptedClock()
  const sent: Sent[] = []
  const drops: Drop[] = []
  const { answers = [], ...rest } = options
  const script = [...answers]
  let keys = 0
  const client = createClient({
    url: 'http://edge.test:4318',
    key: 'tk_public',
    secret: 'a-secret',
    clock,
    random: () => 0,
    newKey: () => `key-${++keys}`,
    onDrop: (drop) => drops.push(drop),
    flushOnExit: false,
    async fetch(url: string, init: FetchInit): Promise<FetchAnswer> {
      const text = init.headers['content-encoding'] === 'gzip' ? gunzipSync(init.body).toString() : String(init.body)
      sent.push({ url, headers: init.headers, raw: init.body, json: JSON.parse(text) })
      const answer = await (script.shift() ?? accepted)
      if (answer instanceof Error) throw answer
      const { status, headers = {}, body = '' } = answer
      return {
        status,
        headers: { get: (name) => headers[name] ?? null },
        text: async () => (typeof body === 'string' ? body : JSON.stringify(body)),
      }
    },
    ...rest,
  })
  return {
    client,
    clock,
    sent,
    drops,
    messages: () => sent.map(({ json }) => json.logs?.map(({ message }) => message)),
  }
}
