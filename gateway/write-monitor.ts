import type { Monitor } from '../schema/domain/monitor.js'
import { monitorInputSchema, monitorPatchSchema } from '../schema/domain/monitor.js'
import {
  canonicalJson,
  draftMonitor,
  isSemanticEdit,
  type MonitorDraft,
  patchMonitor,
} from '../schema/domain/monitor-draft.js'
import type { OrgStores, UpdateOutcome } from '../schema/ports/control-plane.js'
import { checkQueries } from './check-queries.js'
import { parseInput } from './parse-input.js'
import { conflict, fault, UserFault } from './user-fault.js'

const PATH = ['input', 'monitor']

/** Reads a whole monitor and checks its queries and the channels it names. Throws `UserFault`. */
export async function readMonitor(input: object, stores: OrgStores): Promise<MonitorDraft> {
  const parsed = parseInput(monitorInputSchema, input, PATH)
  const draft = draftMonitor(parsed, 'rule' in input ? input.rule : null)
  await checkDraft(draft, stores)
  return draft
}

/** Reads a patch over a monitor, and checks as `readMonitor` does. Throws `UserFault`. */
export async function readMonitorPatch(input: object, current: Monitor, stores: OrgStores): Promise<MonitorDraft> {
  const patch = parseInput(monitorPatchSchema, input, PATH)
  const draft = patchMonitor(current, patch, 'rule' in input ? input.rule : null)
  await checkDraft(draft, stores)
  return draft
}

async function checkDraft(draft: MonitorDraft, stores: OrgStores): Promise<void> {
  checkQueries(draft.rule, [...PATH, 'rule'])
  const channels = await Promise.all((draft.notify ?? []).map((key) => stores.channels.byKey(key)))
  const errors = channels.flatMap((channel, index) =>
    channel === null
      ? [
          {
            code: 'NOT_FOUND' as const,
            path: [...PATH, 'notify', String(index)],
            message: `No channel has the key "${draft.notify?.[index]}".`,
          },
        ]
      : [],
  )
  if (errors.length > 0) throw new UserFault(errors)
}

/** Whether a draft would leave a monitor as it is. */
export function isUnchanged(current: Monitor, draft: MonitorDraft): boolean {
  const { id: _id, orgId: _org, version: _v, generation: _g, createdAt: _c, updatedAt: _u, ...kept } = current
  return canonicalJson(kept) === canonicalJson(draft)
}

/** Writes a draft over a version of a monitor. Throws `UserFault` CONFLICT or NOT_FOUND. */
export async function overwriteMonitor(
  stores: OrgStores,
  current: Monitor,
  expectedVersion: number,
  draft: MonitorDraft,
  now: number,
): Promise<Monitor> {
  const semantic = isSemanticEdit(current, draft)
  return updated(
    await stores.monitors.update(current.id, expectedVersion, draft, semantic, now),
    ['input', 'expectedVersion'],
    expectedVersion,
  )
}

/** What an update wrote. Throws `UserFault` CONFLICT or NOT_FOUND. */
export function updated<Value>(outcome: UpdateOutcome<Value>, path: readonly string[], expected: number): Value {
  switch (outcome.outcome) {
    case 'updated':
      return outcome.value
    case 'conflict':
      throw conflict(path, expected, outcome.currentVersion)
    case 'missing':
      throw fault('NOT_FOUND', ['input', 'id'], 'Nothing has this id.')
  }
}
