import type { Clock } from '../../schema/ports/clock.js'
import type { ClaimedBatch, IncomingBatch, Intake } from '../../schema/ports/intake.js'
import { createWaiters } from '../waiters.js'
import { forgottenScopes, rememberScope, type ScopeEntry } from './idempotency.js'

/** A batch that waits or is claimed. */
interface Entry {
  readonly batch: IncomingBatch
  readonly acceptedAt: number
  deliveries: number
  claimedBy: string | null
  /** Unix ms; 0 when nobody claimed it. */
  claimUntil: number
}

export interface DeadLetter {
  readonly batch: IncomingBatch
  readonly reason: string
}

/** The intake in memory: what the port means, for tests and as a reference. It keeps no promise past its process. */
export function createMemoryIntake(deps: { readonly clock: Clock }): Intake & {
  deadLetters(): readonly DeadLetter[]
} {
  const { clock } = deps
  /** In the order of acceptance. */
  const entries = new Map<string, Entry>()
  const scopes = new Map<string, ScopeEntry>()
  const dead: DeadLetter[] = []
  const waiters = createWaiters((error) => {
    throw error
  })

  const claimable = (entry: Entry) => entry.claimUntil <= clock.now()
  const present = (batchIds: readonly string[]) => batchIds.flatMap((id) => entries.get(id) ?? [])
  const held = (consumer: string, batchIds: readonly string[]) =>
    present(batchIds).filter((entry) => entry.claimedBy === consumer)

  function take(entry: Entry, consumer: string, claimMs: number): ClaimedBatch {
    entry.claimedBy = consumer
    entry.claimUntil = clock.now() + claimMs
    entry.deliveries += 1
    const { idempotency: _, ...batch } = entry.batch
    return { ...batch, acceptedAt: entry.acceptedAt, deliveries: entry.deliveries }
  }

  function free(entry: Entry): void {
    entry.claimedBy = null
    entry.claimUntil = 0
    waiters.wake(entry.batch.signal)
  }

  return {
    async enqueue(batch) {
      const acceptedAt = clock.now()
      const known = rememberScope(scopes, batch, acceptedAt)
      if (known !== null) return known
      entries.set(batch.batchId, { batch, acceptedAt, deliveries: 0, claimedBy: null, claimUntil: 0 })
      waiters.wake(batch.signal)
      return { outcome: 'accepted', batchId: batch.batchId, items: batch.items, acceptedAt }
    },

    async claim(consumer, signal, { maxBatches, maxBytes, claimMs }) {
      const claimed: ClaimedBatch[] = []
      let bytes = 0
      for (const entry of entries.values()) {
        if (entry.batch.signal !== signal || !claimable(entry)) continue
        if (claimed.length >= maxBatches || (bytes > 0 && bytes >= maxBytes)) break
        claimed.push(take(entry, consumer, claimMs))
        bytes += entry.batch.body.bytes
      }
      return claimed
    },

    async claimThese(consumer, batchIds, claimMs) {
      const named = new Set(present(batchIds))
      return [...entries.values()].filter((entry) => named.has(entry)).map((entry) => take(entry, consumer, claimMs))
    },

    async extend(consumer, batchIds, claimMs) {
      return held(consumer, batchIds).map((entry) => {
        entry.claimUntil = clock.now() + claimMs
        return entry.batch.batchId
      })
    },

    async release(consumer, batchIds) {
      held(consumer, batchIds).forEach(free)
    },

    async releaseAll() {
      for (const entry of entries.values()) free(entry)
    },

    async acknowledge(batchIds) {
      for (const id of batchIds) entries.delete(id)
    },

    async deadLetter(batchId, reason) {
      const entry = entries.get(batchId)
      if (entry === undefined) return
      entries.delete(batchId)
      dead.push({ batch: entry.batch, reason })
    },

    async watermarks() {
      const oldest = new Map<string, { orgId: string; signal: IncomingBatch['signal']; acceptedAt: number }>()
      for (const { batch, acceptedAt } of entries.values()) {
        const { orgId, signal } = batch
        const name = JSON.stringify([orgId, signal])
        const known = oldest.get(name)
        if (known === undefined || acceptedAt < known.acceptedAt) oldest.set(name, { orgId, signal, acceptedAt })
      }
      return { now: clock.now(), oldest: [...oldest.values()] }
    },

    async depth() {
      let bytes = 0
      for (const { batch } of entries.values()) bytes += batch.body.bytes
      return { batches: entries.size, bytes }
    },

    async pressure() {
      const now = clock.now()
      let bytes = 0
      let oldest = now
      for (const { batch, acceptedAt } of entries.values()) {
        bytes += batch.body.bytes
        oldest = Math.min(oldest, acceptedAt)
      }
      return { batches: entries.size, bytes, oldestAgeMs: now - oldest, memoryRatio: null }
    },

    waitForWork: (signal, timeoutMs, abort) =>
      waiters.wait(signal, timeoutMs, abort, async () =>
        [...entries.values()].some((entry) => entry.batch.signal === signal && claimable(entry)),
      ),

    async sweep() {
      const forgotten = forgottenScopes(scopes, clock.now())
      for (const scope of forgotten) scopes.delete(scope)
      return forgotten.length
    },

    async close() {
      waiters.close()
    },

    deadLetters: () => dead,
  }
}
