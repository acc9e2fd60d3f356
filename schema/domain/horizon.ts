import type { Signal } from './signal.js'
import { SLICE_MS } from './slice.js'

/** What the queue knows of one org and signal: the oldest batch that was accepted and is not yet stored. */
export interface LowWatermark {
  readonly orgId: string
  readonly signal: Signal
  /** Unix ms on the queue's clock. */
  readonly acceptedAt: number
}

/**
 * Up to when data of an org and signal is complete, Unix ms: everything accepted before is stored. `grace` covers
 * enqueue transactions that took their time stamp and have not committed yet, and the shipping delay of well-behaved clients.
 *
 * @param now The queue's clock, read together with the watermark.
 * @param oldest `acceptedAt` of the oldest batch not yet stored; null when there is none.
 */
export function completeUntil(now: number, oldest: number | null, graceMs: number): number {
  return Math.min(now, oldest ?? now) - graceMs
}

/** The last grid time at or before a horizon. */
export function lastGridTime(horizon: number): number {
  return Math.floor(horizon / SLICE_MS) * SLICE_MS
}

/**
 * Which flushes a reader counts in: those up to `upTo`, except some that were still open. Flush ids are handed out in
 * commit order, so this names a set of stored rows exactly, now and later (the idea of a PostgreSQL snapshot).
 */
export interface FlushSnapshot {
  readonly upTo: bigint
  readonly except: readonly bigint[]
}

export const NO_FLUSHES: FlushSnapshot = { upTo: 0n, except: [] }

/** Whether a snapshot counts a flush in. */
export function sees(snapshot: FlushSnapshot, flushId: bigint): boolean {
  return flushId <= snapshot.upTo && !snapshot.except.includes(flushId)
}
