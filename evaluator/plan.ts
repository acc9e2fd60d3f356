import { type EventMeasure, type Measure, measureSignal } from '../schema/domain/measure.js'
import type { Monitor } from '../schema/domain/monitor.js'
import type { Rule } from '../schema/domain/rule.js'
import type { Signal } from '../schema/domain/signal.js'
import { SLICE_MS, sliceOf } from '../schema/domain/slice.js'
import type { Coverage, IdentifiedMeasure, Stream, WindowRequest } from '../schema/ports.js'

/*
 * The plan of a tick: which monitors are due, which windows they ask for, and which slices must be computed for that.
 *   measure   what a monitor looks at; monitors that look at the same share it
 *   window    a merge of slices, [from, until) in slice numbers
 */

/** Identifies a measure: the hex hash of its canonical form. Throws `QueryError` for a filter that does not parse. */
export type Identify = (measure: EventMeasure) => IdentifiedMeasure

/** Measures of a rule. */
export function measuresOf(rule: Rule): readonly Measure[] {
  return rule.kind === 'threshold' ? [rule.measure] : [rule.bad, rule.total]
}

/** Signals that a monitor waits for, sorted. */
export function signalsOf(monitor: Monitor): Signal[] {
  return [...new Set(measuresOf(monitor.rule).map(measureSignal))].sort()
}

/** The stream that a monitor is judged in. */
export function streamOf(monitor: Monitor): Stream {
  return signalsOf(monitor).join('+')
}

/** Monitors by stream. */
export function streamsOf(monitors: readonly Monitor[]): Map<Stream, Monitor[]> {
  const streams = new Map<Stream, Monitor[]>()
  for (const monitor of monitors) {
    const stream = streamOf(monitor)
    const members = streams.get(stream)
    if (members === undefined) streams.set(stream, [monitor])
    else members.push(monitor)
  }
  return streams
}

/**
 * Whether a monitor is judged at a grid time. Monitors with the same interval are spread over it by a hash of their id,
 * so that a full hour does not wake all hourly rules at once.
 */
export function isDue(monitor: Monitor, at: number): boolean {
  const interval = Math.max(1, Math.round(monitor.everyMs / SLICE_MS))
  return (sliceOf(at) - (spread(monitor.id) % interval)) % interval === 0
}

/** FNV-1a, 32 bit (http://www.isthe.com/chongo/tech/comp/fnv/). */
export function spread(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0
  return hash
}

/** A window that a monitor asks for at a grid time. */
export interface PlannedWindow extends WindowRequest {
  readonly measure: EventMeasure
}

/** Windows of one monitor at a grid time, in the order of `measuresOf`; empty for metrics. */
export function windowsOf(monitor: Monitor, at: number, identify: Identify): PlannedWindow[] {
  const { rule } = monitor
  if (rule.windowMs === null) return []
  const until = sliceOf(at)
  const from = until - Math.round(rule.windowMs / SLICE_MS)
  return measuresOf(rule).flatMap((measure) => {
    if (measure.kind !== 'events') return []
    const { hash } = identify(measure)
    return [{ hash, from, until, measure }]
  })
}

/** Slices of one measure to compute, and the coverage that results. */
export interface SliceWork {
  readonly from: number
  readonly until: number
  /** Slices whose coverage stays and whose content may have changed since are not among these. */
  readonly fresh: readonly number[]
  /** True when what was covered before joins on; then its dirty slices must be computed again. */
  readonly keepsCovered: boolean
}

/**
 * What a window [from, until) asks of a measure that covers `coverage` already. Coverage stays one stretch: when it
 * does not touch the window it begins anew with it.
 */
export function sliceWork(coverage: Coverage | null, from: number, until: number): SliceWork {
  if (coverage === null || coverage.until < from || coverage.from > until)
    return { from, until, fresh: range(from, until), keepsCovered: false }
  return {
    from: Math.min(coverage.from, from),
    until: Math.max(coverage.until, until),
    fresh: [...range(from, Math.min(coverage.from, until)), ...range(Math.max(coverage.until, from), until)],
    keepsCovered: true,
  }
}

/** Whole numbers from `from` (included) to `until` (excluded); none when they are the wrong way round. */
export function range(from: number, until: number): number[] {
  return Array.from({ length: Math.max(0, until - from) }, (_, i) => from + i)
}
