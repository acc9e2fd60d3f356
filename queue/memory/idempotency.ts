import type { EnqueueResult, IncomingBatch } from '../../schema/ports/intake.js'

/** The first answer to a scope. */
export interface ScopeEntry {
  /** Hex. */
  readonly bodyHash: string
  readonly batchId: string
  readonly items: number
  readonly acceptedAt: number
  readonly expiresAt: number
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** Remembers a batch's scope; null when it is free (again), else what the first answer makes of this batch. */
export function rememberScope(
  scopes: Map<string, ScopeEntry>,
  batch: IncomingBatch,
  now: number,
): EnqueueResult | null {
  const scope = hex(batch.idempotency.scope)
  const bodyHash = hex(batch.idempotency.bodyHash)
  const first = scopes.get(scope)
  if (first === undefined || first.expiresAt <= now) {
    const { batchId, items } = batch
    scopes.set(scope, { bodyHash, batchId, items, acceptedAt: now, expiresAt: now + batch.idempotency.ttlMs })
    return null
  }
  if (first.bodyHash !== bodyHash) return { outcome: 'conflict' }
  return { outcome: 'replayed', batchId: first.batchId, items: first.items, acceptedAt: first.acceptedAt }
}

/** Scopes whose time is over. */
export function forgottenScopes(scopes: ReadonlyMap<string, ScopeEntry>, now: number): string[] {
  return [...scopes].flatMap(([scope, { expiresAt }]) => (expiresAt <= now ? [scope] : []))
}
