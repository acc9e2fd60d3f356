import { newId } from '../../schema/domain/ids.js'
import type { Monitor } from '../../schema/domain/monitor.js'
import type { MonitorDraft } from '../../schema/domain/monitor-draft.js'
import { Arg, Ctx, ID, Mutation, Resolver } from '../../schema/graphql/decorators.js'
import { DeletePayload } from '../../schema/graphql/errors.js'
import { MonitorPayload } from '../../schema/graphql/monitor.js'
import { MonitorCreateInput, MonitorUpdateInput, MonitorUpsertInput } from '../../schema/graphql/monitor-input.js'
import type { OrgStores } from '../../schema/ports/control-plane.js'
import { Writes } from '../access.js'
import { type GatewayContext, signedIn } from '../context.js'
import { createdOrReplayed, idempotencyKey, idempotencyOf } from '../idempotency.js'
import { InputArg } from '../raw-arg.js'
import { shownDraft, shownMonitor } from '../shown.js'
import { conflict, fault } from '../user-fault.js'
import { isUnchanged, overwriteMonitor, readMonitor, readMonitorPatch } from '../write-monitor.js'

interface CreateInput {
  readonly monitor: object
  readonly idempotencyKey?: string | null
  readonly validateOnly?: boolean | null
}
interface UpdateInput {
  readonly id: string
  readonly expectedVersion: number
  readonly monitor: object
  readonly validateOnly?: boolean | null
}
interface UpsertInput {
  readonly monitor: object
  readonly expectedVersion?: number | null
  readonly validateOnly?: boolean | null
}

@Resolver()
export class MonitorMutations {
  @Mutation(() => MonitorPayload)
  @Writes('monitor:write')
  async monitorCreate(@InputArg('input', () => MonitorCreateInput) input: CreateInput, @Ctx() context: GatewayContext) {
    const { stores } = signedIn(context)
    const draft = await readMonitor(input.monitor, stores)
    const key = idempotencyKey(input.idempotencyKey)
    if (input.validateOnly) {
      if (key === null && (await stores.monitors.byKey(draft.key)) !== null) throw keyTaken(draft)
      return would(draft, null, context)
    }
    return written(await create(draft, context, stores, idempotencyOf(key, input.monitor)), context)
  }

  @Mutation(() => MonitorPayload, { description: 'An omitted field keeps, null clears.' })
  @Writes('monitor:write')
  async monitorUpdate(@InputArg('input', () => MonitorUpdateInput) input: UpdateInput, @Ctx() context: GatewayContext) {
    const { stores } = signedIn(context)
    const { expectedVersion } = input
    const current = await stores.monitors.get(input.id)
    if (current === null) throw fault('NOT_FOUND', ['input', 'id'], 'No monitor has this id.')
    if (current.version !== expectedVersion)
      throw conflict(['input', 'expectedVersion'], expectedVersion, current.version)
    const draft = await readMonitorPatch(input.monitor, current, stores)
    if (input.validateOnly) return would(draft, current, context)
    const now = context.services.clock.now()
    return written(await overwriteMonitor(stores, current, expectedVersion, draft, now), context)
  }

  @Mutation(() => MonitorPayload, {
    description: 'Makes the monitor of this key what the input says, whole. One that is so already is left as it is.',
  })
  @Writes('monitor:write')
  async monitorUpsert(@InputArg('input', () => MonitorUpsertInput) input: UpsertInput, @Ctx() context: GatewayContext) {
    const { stores } = signedIn(context)
    const draft = await readMonitor(input.monitor, stores)
    const current = await stores.monitors.byKey(draft.key)
    const expected = input.expectedVersion ?? null
    if (expected !== null && expected !== (current?.version ?? 0))
      throw conflict(['input', 'expectedVersion'], expected, current?.version ?? 0)
    if (input.validateOnly) return would(draft, current, context)
    if (current === null) return written(await create(draft, context, stores, null), context)
    if (isUnchanged(current, draft)) return { monitor: shownMonitor(current), userErrors: [] }
    const now = context.services.clock.now()
    return written(await overwriteMonitor(stores, current, current.version, draft, now), context)
  }

  @Mutation(() => DeletePayload, { description: 'Its incidents stay and are resolved; its key is free again.' })
  @Writes('monitor:write')
  async monitorDelete(@Arg('id', () => ID) id: string, @Ctx() context: GatewayContext) {
    const { stores } = signedIn(context)
    const removed = await stores.monitors.remove(id, context.services.clock.now())
    if (!removed) throw fault('NOT_FOUND', ['id'], 'No monitor has this id.')
    await context.services.fanOut.publish('monitor', stores.orgId)
    return { deletedId: id, userErrors: [] }
  }
}

async function create(
  draft: MonitorDraft,
  context: GatewayContext,
  stores: OrgStores,
  idempotency: ReturnType<typeof idempotencyOf>,
): Promise<Monitor> {
  const { clock, random } = context.services
  const now = clock.now()
  await refuseBeyondLimit(draft, context, stores)
  const made = await stores.monitors.create(newId('monitor', now, random.bytes(10)), draft, now, idempotency)
  return createdOrReplayed(made, ['input', 'monitor', 'key'], draft.key).value
}

/** A monitor too many. One whose key is there is not new: it is a replay, or taken. */
async function refuseBeyondLimit(draft: MonitorDraft, context: GatewayContext, stores: OrgStores): Promise<void> {
  const set = await stores.settings.limits()
  const most = set?.monitors ?? context.services.standards.monitors
  if ((await stores.monitors.count()) < most || (await stores.monitors.byKey(draft.key)) !== null) return
  throw fault(
    'LIMIT_EXCEEDED',
    ['input', 'monitor'],
    `This organisation has ${most} monitors, which is the most it may have; delete one first.`,
  )
}

async function written(monitor: Monitor, context: GatewayContext) {
  await context.services.fanOut.publish('monitor', monitor.orgId)
  return { monitor: shownMonitor(monitor), userErrors: [] }
}

function would(draft: MonitorDraft, current: Monitor | null, context: GatewayContext) {
  const { stores } = signedIn(context)
  return { monitor: shownDraft(draft, current, stores.orgId, context.services.clock.now()), userErrors: [] }
}

function keyTaken(draft: MonitorDraft) {
  return fault('TAKEN', ['input', 'monitor', 'key'], `"${draft.key}" is taken already; expected one that is not.`)
}
