import type { FlushSnapshot } from '../schema/domain/horizon.js'
import type { Labels } from '../schema/domain/labels.js'
import type { Monitor } from '../schema/domain/monitor.js'
import { QueryError } from '../schema/domain/query-error.js'
import { SLICE_MS } from '../schema/domain/slice.js'
import {
  type EvaluationStore,
  type FlushManifests,
  type IncidentChange,
  type ShardLease,
  type SliceSource,
  type StatusChange,
  type StoredInstance,
  StoreError,
  type Stream,
  type TickTransition,
} from '../schema/ports.js'
import { type JudgeIds, judge, MAX_INSTANCES, type Restart } from './judge.js'
import { type Identify, isDue, type PlannedWindow, windowsOf } from './plan.js'
import { eventSamples, type GroupPartial, type InstanceSample, metricSamples } from './samples.js'
import { type HeavyMeasures, updateSlices } from './slices.js'

/** Evaluates a PromQL instant expression of an org at a grid time, over the flushes a snapshot sees. */
export type EvaluateMetric = (
  orgId: string,
  promql: string,
  at: number,
  snapshot: FlushSnapshot,
) => Promise<readonly { readonly labels: Labels; readonly value: number }[]>

export interface TickDeps {
  readonly store: EvaluationStore
  readonly flushes: Pick<FlushManifests, 'snapshot' | 'dirtySlices'>
  readonly slices: SliceSource
  readonly heavy: HeavyMeasures
  readonly evaluateMetric: EvaluateMetric
  readonly identify: Identify
  readonly ids: JudgeIds
}

export interface TickInput {
  readonly lease: ShardLease
  readonly orgId: string
  readonly stream: Stream
  /** Monitors of the stream that are not paused. */
  readonly monitors: readonly Monitor[]
  readonly statuses: ReadonlyMap<string, StatusChange>
  readonly instances: readonly StoredInstance[]
  /** Grid time to judge, Unix ms. */
  readonly at: number
  /** When this runs, Unix ms. */
  readonly ranAt: number
  readonly completeUntil: Readonly<Record<string, number>>
  /** Past the replay bound: pending clocks begin anew. */
  readonly restarted: boolean
}

export interface TickOutcome {
  readonly upserts: readonly StoredInstance[]
  readonly deletes: readonly string[]
  readonly statuses: readonly StatusChange[]
  readonly transitions: readonly TickTransition[]
  readonly incidents: readonly IncidentChange[]
}

/** A tick judged more than this after its grid time says so: a replay. */
const LATE_AFTER_MS = 30_000

/**
 * Judges one stream at one grid time and writes what was decided in one transaction. An error of one monitor's query
 * touches no state and becomes its health; a store that is away throws `StoreError`, and nothing is written.
 */
export async function runTick(deps: TickDeps, input: TickInput): Promise<TickOutcome> {
  const { orgId, at, stream, lease } = input
  const due = input.monitors.filter((monitor) => monitor.createdAt <= at && isDue(monitor, at))
  const snapshot = await deps.flushes.snapshot()
  const { samples, failed } = await observe(deps, input, due, snapshot)
  const decided = decide(input, due, samples, failed, deps.ids)
  await deps.store.commit({
    lease,
    orgId,
    at,
    tick: { stream, ranAt: input.ranAt, completeUntil: input.completeUntil, snapshot },
    late: input.ranAt - at > LATE_AFTER_MS,
    instances: { upserts: decided.upserts, deletes: decided.deletes },
    transitions: decided.transitions,
    incidents: decided.incidents,
    statuses: decided.statuses,
  })
  return decided
}

interface Observation {
  /** By monitor id. */
  readonly samples: ReadonlyMap<string, readonly InstanceSample[]>
  /** Monitors that could not be observed: id → why. */
  readonly failed: ReadonlyMap<string, string>
}

/** What every due monitor sees at the tick. */
async function observe(
  deps: TickDeps,
  input: TickInput,
  due: readonly Monitor[],
  snapshot: FlushSnapshot,
): Promise<Observation> {
  const { orgId, at } = input
  const failed = new Map<string, string>()
  const planned = new Map<string, readonly PlannedWindow[]>()
  for (const monitor of due) {
    try {
      planned.set(monitor.id, windowsOf(monitor, at, deps.identify))
    } catch (error) {
      failed.set(monitor.id, queryFault(error))
    }
  }
  const windows = [...planned.values()].flat()
  const hashes = [...new Set(windows.map(({ hash }) => hash))]
  const known = await deps.store.coverage(orgId, hashes)
  const update = await updateSlices(
    deps,
    orgId,
    windows,
    longestWindows(input.monitors, deps.identify),
    known,
    snapshot,
    input.ranAt,
  )
  await deps.store.saveSlices(input.lease, orgId, update.changes)
  const groupsOf = await mergeWindows(deps.store, orgId, windows)

  const samples = new Map<string, readonly InstanceSample[]>()
  const instances = byMonitor(input.instances)
  for (const monitor of due) {
    const own = planned.get(monitor.id)
    if (own === undefined) continue
    const fault = own.map(({ hash }) => update.failed.get(hash)).find((message) => message !== undefined)
    if (fault !== undefined) {
      failed.set(monitor.id, fault)
      continue
    }
    const labels = (instances.get(monitor.id) ?? []).map((instance) => instance.labels)
    const { rule } = monitor
    if (rule.kind !== 'threshold' || rule.measure.kind !== 'metric') {
      samples.set(monitor.id, eventSamples(rule, own.map(groupsOf), labels))
      continue
    }
    try {
      samples.set(
        monitor.id,
        metricSamples(await deps.evaluateMetric(orgId, rule.measure.promql, at, snapshot), labels),
      )
    } catch (error) {
      failed.set(monitor.id, queryFault(error))
    }
  }
  return { samples, failed }
}

/** Merges each distinct window once, however many monitors ask for it. */
async function mergeWindows(
  store: EvaluationStore,
  orgId: string,
  windows: readonly PlannedWindow[],
): Promise<(window: PlannedWindow) => readonly GroupPartial[]> {
  const keyOf = ({ hash, from, until }: PlannedWindow) => `${hash}:${from}:${until}`
  const distinct = [...new Map(windows.map((window) => [keyOf(window), window])).values()]
  const groups = new Map<string, GroupPartial[]>(distinct.map((window) => [keyOf(window), []]))
  for (const { request, labels, partial } of await store.windows(orgId, distinct)) {
    const window = distinct[request]
    if (window !== undefined) groups.get(keyOf(window))?.push({ labels, partial })
  }
  return (window) => groups.get(keyOf(window)) ?? []
}

/** Judges every due monitor; pure. */
function decide(
  input: TickInput,
  due: readonly Monitor[],
  samples: ReadonlyMap<string, readonly InstanceSample[]>,
  failed: ReadonlyMap<string, string>,
  ids: JudgeIds,
): TickOutcome {
  const instances = byMonitor(input.instances)
  const upserts: StoredInstance[] = []
  const deletes: string[] = []
  const transitions: TickTransition[] = []
  const incidents: IncidentChange[] = []
  const statuses: StatusChange[] = []
  for (const monitor of due) {
    const status = input.statuses.get(monitor.id)
    const common = { monitorId: monitor.id, evaluatedUntil: input.at }
    const fault = failed.get(monitor.id)
    if (fault !== undefined) {
      const generation = status?.generation ?? monitor.generation
      statuses.push({ ...common, generation, state: status?.state ?? 'OK', health: 'ERROR', lastError: fault })
      continue
    }
    const restart: Restart =
      status !== undefined && status.generation !== monitor.generation ? 'edited' : input.restarted ? 'restarted' : null
    const judged = judge(
      monitor,
      instances.get(monitor.id) ?? [],
      samples.get(monitor.id) ?? [],
      input.at,
      restart,
      ids,
    )
    upserts.push(...judged.upserts)
    deletes.push(...judged.deletes)
    transitions.push(...judged.transitions)
    incidents.push(...judged.incidents)
    statuses.push({
      ...common,
      generation: monitor.generation,
      state: judged.state,
      health: 'HEALTHY',
      lastError:
        judged.of === null ? null : `Only ${MAX_INSTANCES} of ${judged.of} groups are judged; narrow the grouping.`,
    })
  }
  return { upserts, deletes, transitions, incidents, statuses }
}

function byMonitor(instances: readonly StoredInstance[]): Map<string, StoredInstance[]> {
  const map = new Map<string, StoredInstance[]>()
  for (const instance of instances) {
    const held = map.get(instance.monitorId)
    if (held === undefined) map.set(instance.monitorId, [instance])
    else held.push(instance)
  }
  return map
}

/** Longest window of each measure, in slices, over all monitors of the stream. */
function longestWindows(monitors: readonly Monitor[], identify: Identify): Map<string, number> {
  const longest = new Map<string, number>()
  for (const monitor of monitors) {
    const { windowMs } = monitor.rule
    if (windowMs === null) continue
    try {
      for (const { hash } of windowsOf(monitor, 0, identify))
        longest.set(hash, Math.max(longest.get(hash) ?? 0, Math.round(windowMs / SLICE_MS)))
    } catch (error) {
      // A filter that does not parse holds no slices; where it is due, it is reported.
      queryFault(error)
    }
  }
  return longest
}

/** The message of a query's own fault; anything else is thrown on. */
function queryFault(error: unknown): string {
  if (error instanceof QueryError || (error instanceof StoreError && error.kind === 'query')) return error.message
  throw error
}
