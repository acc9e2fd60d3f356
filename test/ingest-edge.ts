import { type Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { signCanonical } from '../cli/signing.js'
import { createIngestEdge, type IngestEdgeOptions } from '../ingest/edge/edge.js'
import type { IngestCredential } from '../schema/domain/ingest-key.js'
import type { Log } from '../schema/ports/clock.js'
import type { EnqueueResult, IncomingBatch, IntakePressure } from '../schema/ports/intake.js'
import type { LimitAnswer } from '../schema/ports/limits.js'

/** Where the scripted clock stands. */
export const NOW = Date.UTC(2026, 10, 21, 3, 20, 0)

export const SECRET = 'a-secret-of-the-test'

/** A CANONICAL key for both signals. */
export function credential(overrides: Partial<IngestCredential> = {}): IngestCredential {
  return {
    keyId: 'key_1',
    orgId: 'org_1',
    key: 'tk_public',
    scheme: 'CANONICAL',
    signals: ['logs', 'metrics'],
    secrets: [Buffer.from(SECRET)],
    allowedOrigins: [],
    ...overrides,
  }
}

/** The part of the intake that the edge uses, in memory: scopes are remembered for ever. */
export class MemoryIntake {
  readonly batches: IncomingBatch[] = []
  readonly #answers = new Map<string, { bodyHash: string; answer: EnqueueResult }>()
  fault: Error | null = null
  /** Awaited inside every enqueue. */
  gate: Promise<void> = Promise.resolve()

  async enqueue(batch: IncomingBatch): Promise<EnqueueResult> {
    await this.gate
    if (this.fault !== null) throw this.fault
    const scope = Buffer.from(batch.idempotency.scope).toString('hex')
    const bodyHash = Buffer.from(batch.idempotency.bodyHash).toString('hex')
    const known = this.#answers.get(scope)
    if (known !== undefined && known.bodyHash !== bodyHash) return { outcome: 'conflict' }
    if (known?.answer.outcome === 'accepted') return { ...known.answer, outcome: 'replayed' }
    const answer = { outcome: 'accepted', batchId: batch.batchId, items: batch.items, acceptedAt: NOW } as const
    this.#answers.set(scope, { bodyHash, answer })
    this.batches.push(batch)
    return answer
  }

  pressureNow: IntakePressure = { batches: 0, bytes: 0, oldestAgeMs: 0, memoryRatio: null }
  pressureReads = 0

  async pressure(): Promise<IntakePressure> {
    this.pressureReads++
    if (this.fault !== null) throw this.fault
    return this.pressureNow
  }

  async depth(): Promise<{ batches: number; bytes: number }> {
    if (this.fault !== null) throw this.fault
    return { batches: this.batches.length, bytes: 0 }
  }
}

/** A log that keeps what it is told. */
export function keptLog(): Log & { readonly lines: string[] } {
  const lines: string[] = []
  const keep = (level: string) => (fields: object, message: string) => {
    lines.push(`${level} ${message} ${JSON.stringify(fields)}`)
  }
  const log = {
    lines,
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
    child: () => log,
  }
  return log
}

export interface TestEdge {
  readonly port: number
  readonly intake: MemoryIntake
  readonly log: ReturnType<typeof keptLog>
  readonly clock: { now(): number; at: number }
  send(request: TestRequest): Promise<TestAnswer>
  /** A batch signed with the test's key under scheme CANONICAL. */
  post(options?: SignedRequest): Promise<TestAnswer>
  close(): Promise<void>
}

export interface TestRequest {
  readonly method?: string
  readonly path?: string
  readonly headers?: Record<string, string | string[]>
  readonly body?: string | Uint8Array
  /** Left out, the connection is the request's own. */
  readonly agent?: Agent
}

export interface SignedRequest extends TestRequest {
  readonly secret?: string
  readonly timestamp?: number
  readonly idempotencyKey?: string
  readonly contentEncoding?: string
}

export interface TestAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: { accepted?: number; batchId?: string; error?: { code: string; message: string; details: unknown[] } }
}

/** An edge on a free port over fakes, which the options replace. */
export async function openTestEdge(
  options: Partial<Omit<IngestEdgeOptions, 'intake' | 'clock'>> & { readonly keys?: readonly IngestCredential[] } = {},
): Promise<TestEdge> {
  const intake = new MemoryIntake()
  const log = keptLog()
  const clock = { at: NOW, now: () => clock.at }
  const keys = options.keys ?? [credential()]
  const unlimited: LimitAnswer = { allowed: true, remaining: 1, resetMs: 1 }
  const edge = createIngestEdge({
    host: '127.0.0.1',
    port: 0,
    // The edge asks no more of the intake than this.
    intake: intake as unknown as IngestEdgeOptions['intake'],
    credentials: {
      byKey: async (key) => keys.find((one) => one.key === key) ?? null,
      bySecret: async (secret) =>
        keys.find(
          (one) => one.scheme === 'BEARER' && one.secrets.some((two) => Buffer.from(two).equals(Buffer.from(secret))),
        ) ?? null,
      touch: () => undefined,
    },
    limiter: { consume: async () => unlimited, close: async () => undefined },
    clock,
    random: { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
    log,
    ...options,
  })
  const port = Number(new URL(await edge.listen()).port)
  const send = (request: TestRequest) => sendRequest(port, request)
  return {
    port,
    intake,
    log,
    clock,
    send,
    post({ secret = SECRET, timestamp = clock.at, path = '/v1/logs', body = oneLog(), ...request } = {}) {
      const { idempotencyKey, contentEncoding, headers = {}, method = 'POST' } = request
      const signed = signCanonical({
        secret,
        method,
        path,
        timestamp,
        body,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
        ...(contentEncoding === undefined ? {} : { contentEncoding }),
      })
      const all = { 'content-type': 'application/json', 'x-org-key': 'tk_public', ...signed, ...headers }
      return send({
        method,
        path,
        body,
        headers: all,
        ...(request.agent === undefined ? {} : { agent: request.agent }),
      })
    },
    close: () => edge.close(),
  }
}

/** The body of a batch of one log. */
export function oneLog(message = 'hello'): string {
  return JSON.stringify({ logs: [{ message }] })
}

/** One request. Headers may stand several times. */
export function sendRequest(port: number, request: TestRequest): Promise<TestAnswer> {
  const { method = 'POST', path = '/v1/logs', headers = {}, body = '', agent = false } = request
  return new Promise((resolve, reject) => {
    const bodyLength = method === 'GET' ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const sent = httpRequest({ port, method, path, agent, headers: { ...bodyLength, ...headers } }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const isJson = answer.headers['content-type']?.startsWith('application/json') ?? false
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, json: isJson ? JSON.parse(text) : {} })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
