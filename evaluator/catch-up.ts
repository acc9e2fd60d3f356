import { completeUntil, lastGridTime } from '../schema/domain/horizon.js'
import type { Signal } from '../schema/domain/signal.js'
import { SLICE_MS } from '../schema/domain/slice.js'
import type { WatermarkReading } from '../schema/ports.js'

/** Up to when data is complete, per signal of an org. */
export function horizonsOf(
  reading: WatermarkReading,
  orgId: string,
  signals: readonly Signal[],
  graceMs: number,
): Record<string, number> {
  return Object.fromEntries(
    signals.map((signal) => {
      const oldest = reading.oldest.find((mark) => mark.orgId === orgId && mark.signal === signal)
      return [signal, completeUntil(reading.now, oldest?.acceptedAt ?? null, graceMs)]
    }),
  )
}

/** Grid times that a stream has to judge now, rising. */
export interface CatchUp {
  readonly ticks: readonly number[]
  /** True when ticks past the replay bound were left out: pending clocks begin anew at the first of `ticks`. */
  readonly restarted: boolean
}

/**
 * Grid times after `cursor` up to the last one that the horizon has passed. Those further back than `boundMs` are left
 * out. A stream without a cursor begins with the last grid time alone.
 *
 * @param limit At most this many now; the rest comes with the next pass, so that one org holds up no other.
 */
export function catchUp(cursor: number | null, horizon: number, boundMs: number, limit: number): CatchUp {
  const target = lastGridTime(horizon)
  const begin = cursor === null ? target : cursor + SLICE_MS
  const oldest = lastGridTime(target - boundMs) + SLICE_MS
  const first = Math.max(begin, oldest)
  const count = Math.max(0, Math.min(limit, Math.floor((target - first) / SLICE_MS) + 1))
  return {
    ticks: Array.from({ length: count }, (_, i) => first + i * SLICE_MS),
    restarted: cursor !== null && count > 0 && begin < oldest,
  }
}
