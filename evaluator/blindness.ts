import { formatDuration } from '../schema/domain/duration.js'
import { SIGNALS, type Signal } from '../schema/domain/signal.js'
import { SLICE_MS } from '../schema/domain/slice.js'
import type { EvaluationStore, ShardLease, StatusChange } from '../schema/ports.js'
import type { JudgeIds } from './judge.js'

export interface BlindnessSettings {
  /** A stream judged no further than this before now makes its monitors BLIND, ms. */
  readonly blindAfterMs: number
  /** … and this far raises an incident, ms. */
  readonly blindIncidentAfterMs: number
}

export interface StreamSight {
  readonly lease: ShardLease
  readonly orgId: string
  /** Ids of the stream's monitors. */
  readonly members: readonly string[]
  readonly statuses: Map<string, StatusChange>
  /** Per signal, Unix ms. */
  readonly horizons: Readonly<Record<string, number>>
  /** Grid time up to which the stream is judged; null before its first tick. */
  readonly judgedUntil: number | null
  /** What kept the stream from being judged, other than its horizon; null when nothing did. */
  readonly fault: unknown
  readonly now: number
}

export interface BlindnessDeps {
  readonly store: EvaluationStore
  readonly settings: BlindnessSettings
  readonly ids: JudgeIds
  readonly onIncidents: () => void
}

/**
 * Says where we cannot see: monitors of a stream that lags become BLIND while their states stay, and past a longer
 * bound the blindness of each stalled signal is an incident of its own. Both end as soon as the stream is judged again.
 */
export async function watchBlindness(deps: BlindnessDeps, sight: StreamSight): Promise<void> {
  const { store, settings } = deps
  const { lease, orgId, statuses, now } = sight
  // A stream is always behind by up to a slice, which is no lag.
  const seenUntil = (sight.judgedUntil ?? Math.min(...Object.values(sight.horizons))) + SLICE_MS
  const lag = now - seenUntil
  const blind = lag > settings.blindAfterMs
  const wrong = sight.members.filter((id) => (statuses.get(id)?.health === 'BLIND') !== blind)
  const changing = wrong.filter((id) => statuses.has(id) || blind)
  if (changing.length > 0) {
    const message = blind ? blindMessage(sight, lag) : null
    await store.setHealth(lease, orgId, changing, blind ? 'BLIND' : 'HEALTHY', message)
    for (const id of changing) {
      const status = statuses.get(id)
      if (status !== undefined) statuses.set(id, { ...status, health: blind ? 'BLIND' : 'HEALTHY', lastError: message })
    }
  }
  const spells = await store.blindSpells(orgId)
  for (const signal of SIGNALS) {
    const horizon = sight.horizons[signal]
    if (horizon === undefined) continue
    const stalled = sight.fault !== null || now - horizon > settings.blindAfterMs
    const spell = spells.get(signal)
    if (spell === undefined && stalled && lag > settings.blindIncidentAfterMs)
      await change(deps, sight, signal, true, seenUntil, deps.ids.incident())
    else if (spell !== undefined && !blind) await change(deps, sight, signal, false, spell.since, spell.incidentId)
  }
}

async function change(
  deps: BlindnessDeps,
  sight: StreamSight,
  signal: Signal,
  blind: boolean,
  since: number,
  incidentId: string,
): Promise<void> {
  const title = `Tocsin cannot see ${signal}: ${sight.members.length} monitors are not judged`
  await deps.store.blindness(sight.lease, sight.orgId, { signal, blind, since, at: sight.now, incidentId, title })
  deps.onIncidents()
}

function blindMessage(sight: StreamSight, lag: number): string {
  const until = new Date(sight.judgedUntil ?? Math.min(...Object.values(sight.horizons))).toISOString()
  const why =
    sight.fault instanceof Error
      ? `a store cannot answer (${sight.fault.message})`
      : 'batches that were accepted are not stored yet'
  return `Not judged since ${until}, ${formatDuration(lag)} behind: ${why}. States are frozen.`
}
