import { lastGridTime } from '../schema/domain/horizon.js'
import type { Monitor } from '../schema/domain/monitor.js'
import { SLICE_MS, sliceOf, sliceStart } from '../schema/domain/slice.js'
import type { Log, ShardLease, StatusChange, StoredInstance, WatermarkReading } from '../schema/ports.js'
import { type BlindnessSettings, watchBlindness } from './blindness.js'
import { catchUp, horizonsOf } from './catch-up.js'
import { retire } from './judge.js'
import { signalsOf, streamsOf } from './plan.js'
import { runTick, type TickDeps, type TickOutcome } from './tick.js'

export interface OrgPassSettings extends BlindnessSettings {
  readonly graceMs: number
  readonly replayBoundMs: number
}

export interface OrgPassDeps extends TickDeps {
  readonly settings: OrgPassSettings
  readonly log: Log
  /** Told of outbox rows that were just written. */
  readonly onIncidents: () => void
}

/** At most this many grid times of a stream in one pass. */
const TICKS_A_PASS = 60

/**
 * One pass over an org: retires paused and deleted monitors, judges every grid time that became complete, and says
 * where we cannot see. A stream whose store is away keeps its state and is tried again with the next pass.
 *
 * @returns When there can be something to do again, Unix ms on the queue's clock, unless a monitor changes before. An
 * org that is not judged up to the last grid time is looked at with every pass.
 */
export async function passOrg(
  deps: OrgPassDeps,
  lease: ShardLease,
  orgId: string,
  reading: WatermarkReading,
): Promise<number> {
  const { store, settings } = deps
  const [monitors, stored, statuses] = await Promise.all([
    store.monitors(orgId),
    store.instances(orgId),
    store.statuses(orgId),
  ])
  const instances = new Map(stored.map((instance) => [instance.id, instance]))
  await retireMonitors(deps, lease, orgId, monitors, instances, statuses, reading.now)
  const active = monitors.filter(({ paused }) => !paused)
  const newest = lastGridTime(reading.now - settings.graceMs)
  let behind = false
  for (const [stream, members] of streamsOf(active)) {
    const signals = [...new Set(members.flatMap(signalsOf))]
    const horizons = horizonsOf(reading, orgId, signals, settings.graceMs)
    const cursor = await store.cursor(orgId, stream)
    let judgedUntil = cursor?.at ?? null
    const { ticks, restarted } = catchUp(
      judgedUntil,
      Math.min(...Object.values(horizons)),
      settings.replayBoundMs,
      TICKS_A_PASS,
    )
    let fault: unknown = null
    try {
      for (const at of ticks) {
        const outcome = await runTick(deps, {
          lease,
          orgId,
          stream,
          monitors: members,
          statuses,
          instances: [...instances.values()],
          at,
          ranAt: reading.now,
          completeUntil: horizons,
          restarted: restarted && at === ticks[0],
        })
        apply(outcome, instances, statuses)
        judgedUntil = at
        if (outcome.incidents.length > 0) deps.onIncidents()
      }
    } catch (error) {
      if (!isStoreFault(error)) throw error
      fault = error
      deps.log.warn({ orgId, stream, error: error.message }, 'evaluation waits: a store cannot answer')
    }
    const members_ = members.map(({ id }) => id)
    await watchBlindness(deps, {
      lease,
      orgId,
      members: members_,
      statuses,
      horizons,
      judgedUntil,
      fault,
      now: reading.now,
    })
    behind ||= judgedUntil === null || judgedUntil < newest
  }
  return behind ? reading.now : newest + SLICE_MS + settings.graceMs
}

function isStoreFault(error: unknown): error is Error {
  return error instanceof Error && error.name === 'StoreError'
}

function apply(
  outcome: TickOutcome,
  instances: Map<string, StoredInstance>,
  statuses: Map<string, StatusChange>,
): void {
  for (const instance of outcome.upserts) instances.set(instance.id, instance)
  for (const id of outcome.deletes) instances.delete(id)
  for (const status of outcome.statuses) statuses.set(status.monitorId, status)
}

/** Ends what paused and deleted monitors still hold. */
async function retireMonitors(
  deps: OrgPassDeps,
  lease: ShardLease,
  orgId: string,
  monitors: readonly Monitor[],
  instances: Map<string, StoredInstance>,
  statuses: Map<string, StatusChange>,
  now: number,
): Promise<void> {
  const byId = new Map(monitors.map((monitor) => [monitor.id, monitor]))
  const leaving = new Map<string, StoredInstance[]>()
  for (const instance of instances.values()) {
    const monitor = byId.get(instance.monitorId)
    if (monitor === undefined || monitor.paused)
      leaving.set(instance.monitorId, [...(leaving.get(instance.monitorId) ?? []), instance])
  }
  const changed = monitors.filter(({ id, paused }) => paused && statuses.get(id)?.health !== 'PAUSED')
  if (leaving.size === 0 && changed.length === 0) return
  const ended = [...leaving].map(([id, held]) =>
    retire(byId.get(id) ?? { id, labels: {} }, held, byId.has(id) ? 'paused' : 'deleted'),
  )
  const incidents = ended.flatMap((each) => each.incidents)
  const paused = changed.map(
    ({ id, generation }): StatusChange => ({
      monitorId: id,
      generation,
      state: 'OK',
      health: 'PAUSED',
      evaluatedUntil: statuses.get(id)?.evaluatedUntil ?? null,
      lastError: null,
    }),
  )
  const deletes = ended.flatMap((each) => each.deletes)
  await deps.store.commit({
    lease,
    orgId,
    at: sliceStart(sliceOf(now)),
    tick: null,
    late: false,
    instances: { upserts: [], deletes },
    transitions: ended.flatMap((each) => each.transitions),
    incidents,
    statuses: paused,
  })
  for (const id of deletes) instances.delete(id)
  for (const status of paused) statuses.set(status.monitorId, status)
  if (incidents.length > 0) deps.onIncidents()
}
