import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { BatchProtocol, ClaimedBatch, ClaimLimits, IncomingBatch, Intake } from '../../schema/ports/intake.js'
import { packBody } from '../../schema/ports/packed-body.js'

/** An intake to be tried, as two processes see it. */
export interface IntakeSubject {
  readonly intake: Intake
  /** Another process on the same queue (or the same one, where a queue has but one). */
  readonly other: Intake
  /** Its store forgets scopes whose time is over by itself, so that a sweep finds none. */
  readonly sweepsNothing?: true
  /** What the dead-letter store holds, opened. */
  deadLetters(): Promise<readonly { batchId: string; orgId: string; reason: string; body: Uint8Array }[]>
  /** Closes both and forgets the queue. */
  close(): Promise<void>
}

export type OpenIntake = () => Promise<IntakeSubject>

/** A batch of logs of one org; its idempotency scope is its own and its hash that of its body. */
export function batch(
  overrides: Partial<Omit<IncomingBatch, 'idempotency' | 'body'>> &
    Partial<IncomingBatch['idempotency']> & { readonly body?: Uint8Array } = {},
) {
  const { scope, bodyHash, ttlMs, ...fields } = overrides
  const body = fields.body ?? jsonBody(300)
  return {
    batchId: randomUUID(),
    orgId: 'org',
    keyId: 'key',
    signal: 'logs',
    protocol: 'native-json' satisfies BatchProtocol,
    items: 1,
    ...fields,
    body: packBody(body),
    idempotency: {
      scope: scope ?? randomBytes(32),
      bodyHash: bodyHash ?? createHash('sha256').update(body).digest(),
      ttlMs: ttlMs ?? 60_000,
    },
  } satisfies IncomingBatch
}

/** JSON of about so many bytes, which compresses as logs do. */
export function jsonBody(bytes: number): Uint8Array {
  const logs: string[] = []
  for (let size = 0; size < bytes; size += 100) logs.push(`request ${randomUUID()} served in ${size} ms by the shop`)
  return Buffer.from(JSON.stringify({ logs }))
}

/** Bounds that bind nothing. */
export const AMPLE: ClaimLimits = { maxBatches: 1000, maxBytes: 1e9, claimMs: 60_000 }

export const idsOf = (batches: readonly Pick<ClaimedBatch, 'batchId'>[]) => batches.map(({ batchId }) => batchId)

/** Enqueues one after the other; answers the batches in that order. */
export async function enqueueAll<B extends IncomingBatch>(
  intake: Intake,
  batches: readonly B[],
): Promise<readonly B[]> {
  for (const one of batches) await intake.enqueue(one)
  return batches
}

/** Asks again until the answer is there: claims run out by the queue's clock, and nothing tells of it. */
export async function eventually<T>(ask: () => Promise<T | null | undefined | false>, withinMs = 10_000): Promise<T> {
  for (const end = performance.now() + withinMs; performance.now() < end; ) {
    const answer = await ask()
    if (answer !== null && answer !== undefined && answer !== false) return answer
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`What was awaited did not come within ${withinMs} ms.`)
}
