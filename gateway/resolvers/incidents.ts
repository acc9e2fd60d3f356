import type { Severity } from '../../schema/domain/alert.js'
import type { IncidentState } from '../../schema/domain/incident.js'
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from '../../schema/graphql/decorators.js'
import {
  DeliveryConnection,
  Incident,
  IncidentConnection,
  IncidentFilter,
  TimelineConnection,
} from '../../schema/graphql/incident.js'
import { AlertInstanceConnection, Monitor } from '../../schema/graphql/monitor.js'
import { User } from '../../schema/graphql/who.js'
import { Reads } from '../access.js'
import { connectionOf, countedConnectionOf, pageRequest, readList } from '../connection.js'
import { type GatewayContext, signedIn } from '../context.js'
import { readMatchers } from '../matchers.js'
import { InputArg } from '../raw-arg.js'
import { type ShownIncident, shownIncident, shownInstance, shownMonitor } from '../shown.js'
import { badInput } from '../user-fault.js'

interface Filter {
  readonly states?: readonly IncidentState[] | null
  readonly severities?: readonly Severity[] | null
  readonly labels?: readonly object[] | null
  readonly from?: number | null
  readonly to?: number | null
}

@Resolver(() => Incident)
export class IncidentResolver {
  @Query(() => Incident, { nullable: true })
  @Reads('incident:read')
  async incident(
    @Arg('id', () => ID, { nullable: true }) id: string | null | undefined,
    @Arg('number', () => Int, { nullable: true }) number: number | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    const { incidents } = signedIn(context).stores
    if ((id == null) === (number == null)) throw badInput('Expected either id or number.')
    const found = id != null ? await incidents.get(id) : number != null ? await incidents.byNumber(number) : null
    return found && shownIncident(found)
  }

  @Query(() => IncidentConnection, { description: 'Newest first.' })
  @Reads('incident:read')
  async incidents(
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @InputArg('filter', () => IncidentFilter, { nullable: true }) filter: Filter | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    const { incidents } = signedIn(context).stores
    const request = pageRequest(first, after)
    const page = await readList(() =>
      incidents.list(request, {
        ...(filter?.states ? { states: filter.states } : {}),
        ...(filter?.severities ? { severities: filter.severities } : {}),
        ...(filter?.from == null ? {} : { from: filter.from }),
        ...(filter?.to == null ? {} : { to: filter.to }),
        labels: readMatchers(filter?.labels),
      }),
    )
    return countedConnectionOf(page, request, shownIncident)
  }

  @FieldResolver(() => Monitor, { nullable: true, description: 'Null for incidents about Tocsin itself.' })
  @Reads('monitor:read')
  async monitor(@Root() incident: ShownIncident, @Ctx() context: GatewayContext) {
    if (incident.monitorId === null) return null
    const monitor = await signedIn(context).stores.monitors.evenDeleted(incident.monitorId)
    return monitor && shownMonitor(monitor)
  }

  @FieldResolver(() => User, { nullable: true })
  async assignee(@Root() incident: ShownIncident, @Ctx() context: GatewayContext) {
    return incident.assigneeId === null ? null : signedIn(context).stores.members.user(incident.assigneeId)
  }

  @FieldResolver(() => AlertInstanceConnection)
  @Reads('monitor:read')
  async instances(
    @Root() incident: ShownIncident,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    const { monitors } = signedIn(context).stores
    const request = pageRequest(first, after)
    const page = await readList(() => monitors.instances({ incidentId: incident.id }, request, null))
    return countedConnectionOf(page, request, shownInstance)
  }

  @FieldResolver(() => TimelineConnection, { description: 'In the order it happened.' })
  async timeline(
    @Root() incident: ShownIncident,
    @Arg('first', () => Int, { nullable: true, defaultValue: 100 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    const { incidents } = signedIn(context).stores
    const request = pageRequest(first, after)
    const page = await readList(() => incidents.timeline(incident.id, request))
    return connectionOf(page, request, (entry) => entry)
  }

  @FieldResolver(() => DeliveryConnection, { description: 'Newest first.' })
  @Reads('delivery:read')
  async deliveries(
    @Root() incident: ShownIncident,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    const { deliveries } = signedIn(context).stores
    const request = pageRequest(first, after)
    const page = await readList(() => deliveries.list(request, { incidentId: incident.id }))
    return countedConnectionOf(page, request, (delivery) => delivery)
  }
}
