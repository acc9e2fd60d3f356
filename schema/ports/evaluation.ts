import type { AlertState, InstanceState, MonitorHealth, Severity, StepTransition } from '../domain/alert.js'
import type { FlushSnapshot } from '../domain/horizon.js'
import type { Labels } from '../domain/labels.js'
import type { EventMeasure } from '../domain/measure.js'
import type { Monitor } from '../domain/monitor.js'
import type { OutboxKind } from '../domain/notification.js'
import type { Signal } from '../domain/signal.js'
import type { SlicePartial } from '../domain/slice.js'
import type { ValueUnit } from '../domain/template.js'

/** A measure and the hex SHA-256 of its canonical form, by which its slices are kept. */
export interface IdentifiedMeasure {
  readonly hash: string
  readonly measure: EventMeasure
}

/** Partials of one measure, slice and group. */
export interface SliceRow {
  readonly hash: string
  readonly slice: number
  readonly labels: Labels
  readonly partial: SlicePartial
}

/** Computes slices from stored events. Throws `StoreError`; with kind `query` the message is fit for a monitor's `lastError`. */
export interface SliceSource {
  /**
   * Partials of measures of one signal over the named slices, of the flushes the snapshot sees. Groups without events
   * have no row.
   */
  compute(
    orgId: string,
    signal: Signal,
    measures: readonly IdentifiedMeasure[],
    slices: readonly number[],
    snapshot: FlushSnapshot,
  ): Promise<SliceRow[]>
}

/** An instance as it is stored. */
export interface StoredInstance {
  readonly id: string
  readonly monitorId: string
  readonly labels: Labels
  readonly state: InstanceState
  readonly incidentId: string | null
}

/** A held lease on a shard: writes under an older token are refused. */
export interface ShardLease {
  readonly shard: number
  readonly fencing: bigint
}

/**
 * Monitors of an org that wait for the same signals are judged together: a stream, named by its sorted signals joined
 * by `+` (`logs`, `logs+spans`). A stalled signal stops no other stream.
 */
export type Stream = string

/** What one tick of one stream decided; written in one transaction. */
export interface TickCommit {
  readonly lease: ShardLease
  readonly orgId: string
  /** Grid time, Unix ms. */
  readonly at: number
  /** Null for upkeep (pauses, deletions), which judges no data and moves no cursor. */
  readonly tick: {
    readonly stream: Stream
    readonly ranAt: number
    /** Per signal of the stream, Unix ms. */
    readonly completeUntil: Readonly<Record<string, number>>
    readonly snapshot: FlushSnapshot
  } | null
  /** Judged long after its grid time: a replay. */
  readonly late: boolean
  readonly instances: {
    readonly upserts: readonly StoredInstance[]
    readonly deletes: readonly string[]
  }
  readonly transitions: readonly TickTransition[]
  readonly incidents: readonly IncidentChange[]
  readonly statuses: readonly StatusChange[]
}

/** Slices to write. Every listed slice of a measure is replaced by what `rows` holds of it, even by nothing. */
export interface SliceChanges {
  readonly replaced: readonly { readonly hash: string; readonly slices: readonly number[] }[]
  readonly rows: readonly SliceRow[]
  readonly coverage: readonly { readonly hash: string; readonly coverage: Coverage }[]
}

/** Which slices of a measure are computed, [from, until), and which flushes they count in. */
export interface Coverage {
  readonly from: number
  readonly until: number
  readonly snapshot: FlushSnapshot
}

export interface TickTransition extends StepTransition {
  readonly monitorId: string
  readonly labels: Labels
  readonly value: number | null
}

/** What happens to an incident; each writes its timeline entry and its outbox row. */
export interface IncidentChange {
  readonly kind: OutboxKind
  readonly incidentId: string
  /** Null for blindness. */
  readonly monitorId: string | null
  readonly openKey: string
  readonly labels: Labels
  readonly title: string
  readonly severity: Severity
  readonly value: number | null
  /** What the value counts; left out, plain numbers. */
  readonly unit?: ValueUnit
  readonly reason: string
}

export interface StatusChange {
  readonly monitorId: string
  readonly generation: number
  readonly state: AlertState
  readonly health: MonitorHealth
  readonly evaluatedUntil: number | null
  readonly lastError: string | null
}

/** A window of a measure, to be merged from its slices: [from, until). */
export interface WindowRequest {
  readonly hash: string
  readonly from: number
  readonly until: number
}

/** A merged window, per group. Groups without events in the window are absent. */
export interface WindowRow {
  /** Index of the request. */
  readonly request: number
  readonly labels: Labels
  readonly partial: SlicePartial
}

/** How far a stream of an org is judged. */
export interface StreamCursor {
  /** Last grid time judged, Unix ms. */
  readonly at: number
}

/** The evaluator's own memory. Works for many orgs, always grouped by org. */
export interface EvaluationStore {
  /** Takes or renews leases on up to a fair share of shards; returns what is held now. */
  acquireShards(evaluator: string, leaseMs: number): Promise<ShardLease[]>
  releaseShards(evaluator: string): Promise<void>
  /** Voids every lease. Only for a process that knows itself to be the only one. */
  releaseAllShards(): Promise<void>
  /** Orgs of the shards that have monitors, or open instances or incidents to look after. */
  orgsOf(shards: readonly number[]): Promise<{ readonly orgId: string; readonly shard: number }[]>
  monitors(orgId: string): Promise<Monitor[]>
  instances(orgId: string): Promise<StoredInstance[]>
  statuses(orgId: string): Promise<Map<string, StatusChange>>
  /** Null before the first tick of the stream. */
  cursor(orgId: string, stream: Stream): Promise<StreamCursor | null>
  coverage(orgId: string, hashes: readonly string[]): Promise<Map<string, Coverage>>
  /** Replaces slices and moves coverage, in one transaction of its own; fenced. The same again changes nothing. */
  saveSlices(lease: ShardLease, orgId: string, changes: SliceChanges): Promise<void>
  windows(orgId: string, requests: readonly WindowRequest[]): Promise<WindowRow[]>
  /** All or nothing. Throws `LeaseLostError` when the lease's token is no longer the shard's. */
  commit(tick: TickCommit): Promise<void>
  /** Health alone, when no tick can be judged. Fenced like a commit. */
  setHealth(
    lease: ShardLease,
    orgId: string,
    monitorIds: readonly string[],
    health: MonitorHealth,
    error: string | null,
  ): Promise<void>
  /** Spells of blindness of an org that have not ended, by signal. */
  blindSpells(orgId: string): Promise<Map<Signal, { readonly since: number; readonly incidentId: string }>>
  /** Opens or ends a spell of blindness with its incident and outbox row, in one transaction; fenced. */
  blindness(lease: ShardLease, orgId: string, change: BlindnessChange): Promise<void>
  /** Deletes ticks, transitions and slices that nothing needs any more; returns how many rows went. */
  prune(now: number): Promise<number>
}

/** An org's signal can no longer be seen, or can be again. */
export interface BlindnessChange {
  readonly signal: Signal
  readonly blind: boolean
  /** Since when nothing could be judged, Unix ms. */
  readonly since: number
  readonly at: number
  readonly incidentId: string
  readonly title: string
}

/** Another evaluator holds the shard now. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'
}
