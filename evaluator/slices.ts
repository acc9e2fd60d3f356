import type { FlushSnapshot } from '../schema/domain/horizon.js'
import { type EventMeasure, measureSignal } from '../schema/domain/measure.js'
import type { Signal } from '../schema/domain/signal.js'
import {
  type Coverage,
  type DirtySlices,
  type FlushManifests,
  type SliceChanges,
  type SliceRow,
  type SliceSource,
  StoreError,
} from '../schema/ports.js'
import { type PlannedWindow, range, sliceWork } from './plan.js'

/** What brings the slices of a tick up to date needs. */
export interface SliceDeps {
  readonly flushes: Pick<FlushManifests, 'dirtySlices'>
  readonly slices: SliceSource
}

/** Slices brought up to date, and measures that could not be: hash → why. */
export interface SliceUpdate {
  readonly changes: SliceChanges
  readonly failed: ReadonlyMap<string, string>
}

interface MeasureWork {
  readonly hash: string
  readonly measure: EventMeasure
  readonly coverage: Coverage
  /** Slices to compute, rising. */
  readonly slices: readonly number[]
}

/**
 * Brings every measure that a tick's windows ask for up to a snapshot: slices never computed, and those that flushes
 * have touched since. Measures that need the same slices are computed in one scan. A measure whose query is at fault is
 * set aside with its error; a store that is away throws.
 *
 * @param longest Longest window of each measure in slices, over all monitors: what must be kept.
 */
export async function updateSlices(
  deps: SliceDeps,
  orgId: string,
  windows: readonly PlannedWindow[],
  longest: ReadonlyMap<string, number>,
  known: ReadonlyMap<string, Coverage>,
  snapshot: FlushSnapshot,
): Promise<SliceUpdate> {
  const dirty = dirtyReader(deps, orgId, snapshot)
  const work: MeasureWork[] = []
  for (const window of widest(windows))
    work.push(await workOf(window, known.get(window.hash) ?? null, longest, snapshot, dirty))
  const rows: SliceRow[] = []
  const failed = new Map<string, string>()
  for (const batch of batches(work)) await computeBatch(deps.slices, orgId, batch, snapshot, rows, failed)
  const done = work.filter(({ hash }) => !failed.has(hash))
  return {
    changes: {
      replaced: done.map(({ hash, slices }) => ({ hash, slices })),
      rows,
      coverage: done.map(({ hash, coverage }) => ({ hash, coverage })),
    },
    failed,
  }
}

async function workOf(
  window: PlannedWindow,
  coverage: Coverage | null,
  longest: ReadonlyMap<string, number>,
  snapshot: FlushSnapshot,
  dirty: (signal: Signal, since: FlushSnapshot) => Promise<DirtySlices>,
): Promise<MeasureWork> {
  const { from, until, fresh, keepsCovered } = sliceWork(coverage, window.from, window.until)
  // Twice the longest window and an hour: late data within it still corrects, and trimming stays rare.
  const keepFrom = window.until - 2 * (longest.get(window.hash) ?? 0) - 360
  const slices = new Set(fresh)
  if (coverage !== null && keepsCovered) {
    const touched = await dirty(measureSignal(window.measure), coverage.snapshot)
    const from = Math.max(coverage.from, keepFrom)
    for (const slice of touched.slices) if (slice >= from && slice < coverage.until) slices.add(slice)
    for (const { first, last } of touched.ranges)
      for (const slice of range(Math.max(first, from), Math.min(last + 1, coverage.until))) slices.add(slice)
  }
  return {
    hash: window.hash,
    measure: window.measure,
    coverage: { from: Math.max(from, keepFrom), until, snapshot },
    slices: [...slices].sort((a, b) => a - b),
  }
}

/** One window a measure: the longest asked for. */
function widest(windows: readonly PlannedWindow[]): PlannedWindow[] {
  const byHash = new Map<string, PlannedWindow>()
  for (const window of windows) {
    const held = byHash.get(window.hash)
    if (held === undefined || window.from < held.from) byHash.set(window.hash, window)
  }
  return [...byHash.values()]
}

/** Measures of one signal that need exactly the same slices. */
function batches(work: readonly MeasureWork[]): MeasureWork[][] {
  const byKey = new Map<string, MeasureWork[]>()
  for (const item of work) {
    if (item.slices.length === 0) continue
    const key = `${item.measure.signal}:${item.slices.join()}`
    const batch = byKey.get(key)
    if (batch === undefined) byKey.set(key, [item])
    else batch.push(item)
  }
  return [...byKey.values()]
}

async function computeBatch(
  source: SliceSource,
  orgId: string,
  batch: readonly MeasureWork[],
  snapshot: FlushSnapshot,
  rows: SliceRow[],
  failed: Map<string, string>,
): Promise<void> {
  const [first] = batch
  if (first === undefined) return
  try {
    rows.push(...(await source.compute(orgId, first.measure.signal, batch, first.slices, snapshot)))
  } catch (error) {
    if (!(error instanceof StoreError) || error.kind !== 'query') throw error
    if (batch.length === 1) {
      failed.set(first.hash, error.message)
      return
    }
    // One measure of the scan is at fault: halves find it, and the others are judged.
    const middle = batch.length >> 1
    await computeBatch(source, orgId, batch.slice(0, middle), snapshot, rows, failed)
    await computeBatch(source, orgId, batch.slice(middle), snapshot, rows, failed)
  }
}

/** Reads dirty slices once for each signal and earlier snapshot. */
function dirtyReader(deps: SliceDeps, orgId: string, snapshot: FlushSnapshot) {
  const read = new Map<string, Promise<DirtySlices>>()
  return (signal: Signal, since: FlushSnapshot): Promise<DirtySlices> => {
    const key = `${signal}:${since.upTo}:${since.except.join()}`
    const reading = read.get(key) ?? deps.flushes.dirtySlices(orgId, signal, since, snapshot)
    read.set(key, reading)
    return reading
  }
}
