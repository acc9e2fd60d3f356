import type { Signal } from '../../schema/domain/signal.js'
import {
  BatchTakenError,
  type ClaimedBatch,
  type FlushManifests,
  type Intake,
  type Log,
  type OpenFlush,
  StoreError,
} from '../../schema/ports.js'
import { FlushTooLargeError, PoisonBatchError } from '../parse/index.js'
import type { PreparedFlush, SignalSink } from './signal-sink.js'

export interface FlushDeps {
  readonly intake: Pick<Intake, 'acknowledge' | 'deadLetter' | 'release' | 'claimThese'>
  readonly flushes: FlushManifests
  readonly sink: SignalSink
  readonly signal: Signal
  /** Names this process in claims and manifests. */
  readonly owner: string
  readonly leaseMs: number
  readonly log: Log
  /** Waits before a store is tried again; throws when the normalizer is to stop. */
  readonly pause: (attempt: number) => Promise<void>
  readonly stored: (rows: number, bytes: number) => void
}

/**
 * Stores claimed batches exactly once in effect: what is known already is acknowledged or left to its owner, what
 * cannot be read goes to the dead letters, the rest is one flush.
 */
export async function flushBatches(deps: FlushDeps, claimed: readonly ClaimedBatch[]): Promise<void> {
  const known = new Map((await deps.flushes.known(claimed.map(({ batchId }) => batchId))).map((k) => [k.batchId, k]))
  const stored = claimed.filter(({ batchId }) => known.get(batchId)?.closed === true)
  const held = claimed.filter(({ batchId }) => known.get(batchId)?.closed === false)
  const fresh = claimed.filter(({ batchId }) => !known.has(batchId))
  if (stored.length > 0) await deps.intake.acknowledge(idsOf(stored))
  // In another's open flush: it is finished by its owner, or as a whole by `recover` once the lease has run out.
  if (held.length > 0) await deps.intake.release(deps.owner, idsOf(held))
  await flushFresh(deps, fresh)
}

async function flushFresh(deps: FlushDeps, batches: readonly ClaimedBatch[]): Promise<void> {
  if (batches.length === 0) return
  let prepared: PreparedFlush
  try {
    prepared = await deps.sink.prepare(batches)
  } catch (error) {
    if (error instanceof PoisonBatchError) {
      await bury(deps, error.batchId, error.reason)
      return flushFresh(
        deps,
        batches.filter(({ batchId }) => batchId !== error.batchId),
      )
    }
    // Either they make more rows than one flush shall hold, or the same failure came again and again, naming no batch:
    // halves fit, and find the one that brings the parser down.
    if (!(error instanceof FlushTooLargeError) && !isWornOut(batches)) throw error
    const [only] = batches
    if (batches.length === 1 && only !== undefined)
      return bury(deps, only.batchId, 'its parser failed again and again without saying why.')
    const middle = batches.length >> 1
    await flushFresh(deps, batches.slice(0, middle))
    return flushFresh(deps, batches.slice(middle))
  }
  const batchIds = idsOf(batches)
  let flushId: bigint
  try {
    const { signal, owner, leaseMs, flushes } = deps
    const { lines, terms } = prepared
    flushId = await flushes.open({ signal, owner, leaseMs, batchIds, lines, terms })
  } catch (error) {
    if (!(error instanceof BatchTakenError)) throw error
    await deps.intake.release(deps.owner, batchIds)
    return
  }
  try {
    await storeAndClose(deps, flushId, prepared, batchIds)
  } catch (error) {
    if (!(error instanceof StoreError) || error.kind !== 'query') throw error
    await bisect(deps, flushId, batches, error)
  }
}

/** Deliveries after which a batch is no longer tried together with others. */
const MANY_DELIVERIES = 5

function isWornOut(batches: readonly ClaimedBatch[]): boolean {
  return batches.some(({ deliveries }) => deliveries >= MANY_DELIVERIES)
}

/** The store refuses the rows themselves: undo the flush, and find the batch at fault by halves. */
async function bisect(
  deps: FlushDeps,
  flushId: bigint,
  batches: readonly ClaimedBatch[],
  error: StoreError,
): Promise<void> {
  await deps.flushes.abandon(flushId)
  const [only] = batches
  if (batches.length === 1 && only !== undefined) return bury(deps, only.batchId, error.message)
  const middle = batches.length >> 1
  await flushFresh(deps, batches.slice(0, middle))
  await flushFresh(deps, batches.slice(middle))
}

async function bury(deps: FlushDeps, batchId: string, reason: string): Promise<void> {
  deps.log.error({ batchId, signal: deps.signal, reason }, 'batch goes to the dead letters')
  await deps.intake.deadLetter(batchId, reason)
}

/** Stores until it is stored (a store that is away is waited for), closes, acknowledges. */
async function storeAndClose(
  deps: FlushDeps,
  flushId: bigint,
  prepared: PreparedFlush,
  batchIds: readonly string[],
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await prepared.store(flushId)
      break
    } catch (error) {
      if (!(error instanceof StoreError) || error.kind !== 'store') throw error
      deps.log.warn({ flushId: String(flushId), attempt, error: error.message }, 'store is away; the flush waits')
      await deps.pause(attempt)
    }
  }
  await finish(deps, flushId, prepared.lines, batchIds)
}

async function finish(
  deps: FlushDeps,
  flushId: bigint,
  lines: PreparedFlush['lines'],
  batchIds: readonly string[],
): Promise<void> {
  const counted = await deps.flushes.close(flushId)
  await deps.intake.acknowledge(batchIds)
  if (!counted) return
  deps.stored(
    lines.reduce((sum, { rows }) => sum + rows, 0),
    lines.reduce((sum, { bytes }) => sum + bytes, 0),
  )
}

/**
 * Finishes an open flush whose owner is gone, as it stands: what is stored already is only closed; else the same
 * batches in the same order are stored under the same id and the same terms. It is never regrouped.
 */
export async function recoverFlush(deps: FlushDeps, flush: OpenFlush): Promise<void> {
  const { flushId, batchIds } = flush
  deps.log.info({ flushId: String(flushId), batches: batchIds.length }, 'finishing a flush that was left open')
  if (await deps.sink.isStored(flush)) return finish(deps, flushId, flush.lines, batchIds)
  const claimed = await deps.intake.claimThese(deps.owner, batchIds, deps.leaseMs)
  const byId = new Map(claimed.map((batch) => [batch.batchId, batch]))
  const batches = batchIds.flatMap((id) => byId.get(id) ?? [])
  if (batches.length < batchIds.length)
    throw new Error(
      `Flush ${flushId} is open and not whole in the store, and ${batchIds.length - batches.length} of its ` +
        `${batchIds.length} batches are no longer in the intake; it is left open.`,
    )
  try {
    await storeAndClose(deps, flushId, await deps.sink.prepare(batches, flush.terms), batchIds)
  } catch (error) {
    if (!(error instanceof StoreError) || error.kind !== 'query') throw error
    await bisect(deps, flushId, batches, error)
  }
}

function idsOf(batches: readonly ClaimedBatch[]): string[] {
  return batches.map(({ batchId }) => batchId)
}
