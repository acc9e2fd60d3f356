import type { WaitingItem } from './backlog.js'
import { type ClientSignal, WIRE } from './items.js'

/** Items that go out as one request, under one idempotency key. */
export interface Batch {
  readonly signal: ClientSignal
  readonly items: readonly WaitingItem[]
  /** Kept over retries, so that a batch whose answer was lost is not stored twice. */
  readonly idempotencyKey: string
  readonly body: string
}

/**
 * @param sentAt Unix ms, where the scheme signs the body alone: it makes two batches of the same items distinct. It is
 *   part of the body, so retries keep it.
 */
export function batchOf(
  signal: ClientSignal,
  items: readonly WaitingItem[],
  idempotencyKey: string,
  sentAt: number | null,
): Batch {
  const tail = sentAt === null ? '' : `,"sentAt":${sentAt}`
  const body = `{"${WIRE[signal].field}":[${items.map(({ text }) => text).join(',')}]${tail}}`
  return { signal, items, idempotencyKey, body }
}

/**
 * Positions in a batch that a refusal names, such as the 3 of `logs[3].message`; empty where it names none, or one that
 * is not there.
 */
export function refusedPositions(paths: readonly string[], items: number): ReadonlySet<number> {
  const positions = new Set<number>()
  for (const path of paths) {
    const position = /^\w+\[(\d+)\]/.exec(path)?.[1]
    if (position === undefined || Number(position) >= items) return new Set()
    positions.add(Number(position))
  }
  return positions
}
