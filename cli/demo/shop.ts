import { randomUUID } from 'node:crypto'
import { signCanonical } from '../signing.js'

/** The four services of the shop. */
export const SERVICES = ['web', 'catalog', 'checkout', 'payments'] as const

/** A small shop that sends signed logs and metrics every second, until it is stopped. */
export interface Shop {
  /** Breaks the checkout, or repairs it. */
  setBroken(broken: boolean): void
  /** Items that Tocsin accepted so far. */
  readonly sent: { logs: number; metrics: number }
  /** When the first bad event was made since the last `setBroken(true)`, Unix ms. */
  firstBadAt(): number | null
  stop(): Promise<void>
}

export interface ShopOptions {
  readonly ingestUrl: string
  readonly key: string
  readonly secret: string
  readonly onError: (error: Error) => void
}

/** Requests a second of each service. */
const RATE = { web: 20, catalog: 12, checkout: 6, payments: 5 } as const
const EVERY_MS = 1_000

export function startShop(options: ShopOptions): Shop {
  const sent = { logs: 0, metrics: 0 }
  let broken = false
  let firstBadAt: number | null = null
  let backlog = 3
  let sending: Promise<void> = Promise.resolve()

  async function second(): Promise<void> {
    const now = Date.now()
    if (broken) firstBadAt ??= now
    backlog = broken ? backlog + 40 : Math.max(3, Math.round(backlog * 0.4))
    const logs = SERVICES.flatMap((service) =>
      Array.from({ length: RATE[service] }, (_, i) => logOf(service, now, i, broken)),
    )
    const metrics = [
      { name: 'checkout_queue_depth', kind: 'gauge', value: backlog, timestamp: now, service: 'checkout' },
      ...SERVICES.map((service) => ({
        name: 'http_requests_per_second',
        kind: 'gauge',
        value: RATE[service],
        timestamp: now,
        service,
      })),
    ]
    sent.logs += await send(options, '/v1/logs', { logs })
    sent.metrics += await send(options, '/v1/metrics', { metrics })
  }

  const timer = setInterval(() => {
    sending = sending.then(second).catch((error: unknown) => options.onError(error as Error))
  }, EVERY_MS)

  return {
    sent,
    firstBadAt: () => firstBadAt,
    setBroken(value) {
      broken = value
      if (value) firstBadAt = null
    },
    async stop() {
      clearInterval(timer)
      await sending
    },
  }
}

function logOf(service: (typeof SERVICES)[number], now: number, i: number, broken: boolean) {
  const fails = broken && (service === 'checkout' || service === 'payments') && i % 4 !== 0
  const ms = fails ? 5_000 + i : 20 + ((now / 1000 + i * 7) % 80)
  return {
    timestamp: now - 900 + Math.floor((i * 900) / RATE[service]),
    service,
    level: fails ? 'error' : 'info',
    message: fails ? 'POST /checkout failed: payment provider timed out' : `${service} answered 200`,
    traceId: randomUUID().replaceAll('-', ''),
    attributes: { http: { method: 'POST', status: fails ? 504 : 200 }, duration_ms: Math.round(ms), region: 'eu-1' },
  }
}

/** Sends one signed batch; returns how many items were accepted. A refusal is an error with the server's sentence. */
async function send(options: ShopOptions, path: string, payload: object): Promise<number> {
  const body = JSON.stringify(payload)
  const idempotencyKey = randomUUID()
  const signed = signCanonical({
    secret: options.secret,
    method: 'POST',
    path,
    timestamp: Date.now(),
    idempotencyKey,
    body,
  })
  const response = await fetch(new URL(path, options.ingestUrl), {
    method: 'POST',
    headers: { ...signed, 'content-type': 'application/json', 'x-org-key': options.key },
    body,
    signal: AbortSignal.timeout(10_000),
  })
  const answer = (await response.json()) as { accepted?: number; error?: { message: string } }
  if (response.status !== 202) throw new Error(`${path} answered ${response.status}: ${answer.error?.message ?? ''}`)
  return answer.accepted ?? 0
}
