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
  /** Measures that were too heavy lately. */
  readonly heavy: HeavyMeasures
}

/**
 * Measures whose computation ran out of time or memory, by org and hash: they rest for a minute, so that one heavy
 * monitor does not take every tick's time from the others.
 */
export interface HeavyMeasures {
  /** Why it rests at a time (Unix ms); null when it may be computed. */
  resting(key: string, now: number): string | null
  rest(key: string, now: number, why: string): void
}

const REST_MS = 60_000

export function createHeavyMeasures(): HeavyMeasures {
  const resting = new Map<string, { readonly until: number; readonly why: string }>()
  return {
    resting(key, now) {
      const held = resting.get(key)
      if (held === undefined) return null
      if (now < held.until) return held.why
      resting.delete(key)
      return null
    },
    rest: (key, now, why) => void resting.set(key, { until: now + REST_MS, why }),
  }
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
  now: number,
): Promise<SliceUpdate> {
  const dirty = dirtyReader(deps, orgId, snapshot)
  const work: MeasureWork[] = []
  const rows: SliceRow[] = []
  const failed = new Map<string, string>()
  for (const window of widest(windows)) {
    const why = deps.heavy.resting(`${orgId}:${window.hash}`, now)
    if (why === null) work.push(await workOf(window, known.get(window.hash) ?? null, longest, snapshot, dirty))
    else failed.set(window.hash, why)
  }
  const tooHeavy = (hash: string, why: string) => deps.heavy.rest(`${orgId}:${hash}`, now, why)
  const scan = { source: deps.slices, orgId, snapshot, rows, failed, tooHeavy }
  for (const batch of batches(work)) await computeBatch(scan, batch)
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

interface Scan {
  readonly source: SliceSource
  readonly orgId: string
  readonly snapshot: FlushSnapshot
  readonly rows: SliceRow[]
  readonly failed: Map<string, string>
  tooHeavy(hash: string, why: string): void
}

/** Computes measures in one scan; where one of them is at fault or too heavy, halves find it and the others go on. */
async function computeBatch(scan: Scan, batch: readonly MeasureWork[]): Promise<void> {
  const [first] = batch
  if (first === undefined) return
  try {
    scan.rows.push(...(await scan.source.compute(scan.orgId, first.measure.signal, batch, first.slices, scan.snapshot)))
  } catch (error) {
    if (!(error instanceof StoreError) || (error.kind === 'store' && !error.exhausted)) throw error
    if (batch.length === 1) {
      scan.failed.set(first.hash, error.message)
      if (error.exhausted) scan.tooHeavy(first.hash, error.message)
      return
    }
    const middle = batch.length >> 1
    await computeBatch(scan, batch.slice(0, middle))
    await computeBatch(scan, batch.slice(middle))
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
