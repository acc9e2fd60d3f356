import { Ctx, FieldResolver, Resolver, Root } from '../../schema/graphql/decorators.js'
import { Incident } from '../../schema/graphql/incident.js'
import { AlertInstance, Monitor } from '../../schema/graphql/monitor.js'
import { Reads } from '../access.js'
import { type GatewayContext, signedIn } from '../context.js'
import { type ShownInstance, shownIncident, shownMonitor } from '../shown.js'

@Resolver(() => AlertInstance)
export class AlertInstanceResolver {
  @FieldResolver(() => Monitor)
  @Reads('monitor:read')
  async monitor(@Root() instance: ShownInstance, @Ctx() context: GatewayContext) {
    const monitor = await signedIn(context).stores.monitors.evenDeleted(instance.monitorId)
    return monitor && shownMonitor(monitor)
  }

  @FieldResolver(() => Incident, { nullable: true })
  @Reads('incident:read')
  async incident(@Root() instance: ShownInstance, @Ctx() context: GatewayContext) {
    if (instance.incidentId === null) return null
    const incident = await signedIn(context).stores.incidents.get(instance.incidentId)
    return incident && shownIncident(incident)
  }
}
