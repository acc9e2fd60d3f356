import type { AlertState, MonitorHealth } from '../../schema/domain/alert.js'
import { shownStatus } from '../../schema/domain/monitor-status.js'
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from '../../schema/graphql/decorators.js'
import { MonitorStateEnum } from '../../schema/graphql/enums.js'
import {
  AlertInstanceConnection,
  Monitor,
  MonitorConnection,
  TransitionConnection,
} from '../../schema/graphql/monitor.js'
import { MonitorFilter } from '../../schema/graphql/monitor-input.js'
import { DateTime } from '../../schema/graphql/scalars.js'
import { Reads } from '../access.js'
import { connectionOf, countedConnectionOf, pageRequest, readList } from '../connection.js'
import { type GatewayContext, signedIn } from '../context.js'
import { readMatchers } from '../matchers.js'
import { InputArg } from '../raw-arg.js'
import { type ShownMonitor, shownInstance, shownMonitor, shownTransition } from '../shown.js'
import { badInput } from '../user-fault.js'

interface Filter {
  readonly states?: readonly AlertState[] | null
  readonly health?: readonly MonitorHealth[] | null
  readonly kinds?: readonly string[] | null
  readonly text?: string | null
  readonly labels?: readonly object[] | null
}

@Resolver(() => Monitor)
export class MonitorResolver {
  @Query(() => Monitor, { nullable: true })
  @Reads('monitor:read')
  async monitor(
    @Arg('id', () => ID, { nullable: true }) id: string | null | undefined,
    @Arg('key', () => String, { nullable: true }) key: string | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    const { monitors } = signedIn(context).stores
    if ((id == null) === (key == null)) throw badInput('Expected either id or key.')
    const found = id != null ? await monitors.get(id) : key != null ? await monitors.byKey(key) : null
    return found && shownMonitor(found)
  }

  @Query(() => MonitorConnection, { description: 'By age, oldest first.' })
  @Reads('monitor:read')
  async monitors(
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @InputArg('filter', () => MonitorFilter, { nullable: true }) filter: Filter | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    const { stores } = signedIn(context)
    const request = pageRequest(first, after)
    const page = await readList(() =>
      stores.monitors.list(request, {
        ...(filter?.states ? { states: filter.states } : {}),
        ...(filter?.health ? { healths: filter.health } : {}),
        ...(filter?.kinds ? { kinds: filter.kinds } : {}),
        ...(filter?.text ? { text: filter.text } : {}),
        labels: readMatchers(filter?.labels),
      }),
    )
    return countedConnectionOf(page, request, shownMonitor)
  }

  @FieldResolver()
  async state(@Root() monitor: ShownMonitor, @Ctx() context: GatewayContext) {
    return (await statusOf(monitor, context)).state
  }

  @FieldResolver()
  async health(@Root() monitor: ShownMonitor, @Ctx() context: GatewayContext) {
    return (await statusOf(monitor, context)).health
  }

  @FieldResolver()
  async evaluatedUntil(@Root() monitor: ShownMonitor, @Ctx() context: GatewayContext) {
    return (await statusOf(monitor, context)).evaluatedUntil
  }

  @FieldResolver()
  async lastEvaluatedAt(@Root() monitor: ShownMonitor, @Ctx() context: GatewayContext) {
    return (await statusOf(monitor, context)).lastEvaluatedAt
  }

  @FieldResolver()
  async lastError(@Root() monitor: ShownMonitor, @Ctx() context: GatewayContext) {
    return (await statusOf(monitor, context)).lastError
  }

  @FieldResolver(() => AlertInstanceConnection)
  async instances(
    @Root() monitor: ShownMonitor,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Arg('states', () => [MonitorStateEnum], { nullable: true }) states: AlertState[] | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    const { monitors } = signedIn(context).stores
    const request = pageRequest(first, after)
    const page = await readList(() => monitors.instances({ monitorId: monitor.id }, request, states ?? null))
    return countedConnectionOf(page, request, shownInstance)
  }

  @FieldResolver(() => TransitionConnection, { description: 'Newest first; `from` included, `to` excluded.' })
  async transitions(
    @Root() monitor: ShownMonitor,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Arg('from', () => DateTime, { nullable: true }) from: number | null | undefined,
    @Arg('to', () => DateTime, { nullable: true }) to: number | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    const { monitors } = signedIn(context).stores
    const request = pageRequest(first, after)
    const range = { from: from ?? null, to: to ?? null }
    const page = await readList(() => monitors.transitions(monitor.id, request, range))
    return connectionOf(page, request, shownTransition)
  }
}

async function statusOf(monitor: ShownMonitor, context: GatewayContext) {
  return shownStatus(monitor, await context.monitorStatus(monitor.id))
}
