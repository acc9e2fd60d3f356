import type { DeliveryStatus } from '../../schema/domain/notification.js'
import { Channel } from '../../schema/graphql/channel.js'
import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from '../../schema/graphql/decorators.js'
import { DeliveryStatusEnum } from '../../schema/graphql/enums.js'
import { Delivery, DeliveryConnection, Incident } from '../../schema/graphql/incident.js'
import type { DeliveryRecord } from '../../schema/ports/control-plane.js'
import { Reads } from '../access.js'
import { countedConnectionOf, pageRequest, readList } from '../connection.js'
import { type GatewayContext, signedIn } from '../context.js'
import { shownIncident } from '../shown.js'

@Resolver(() => Delivery)
export class DeliveryResolver {
  @Query(() => DeliveryConnection, { description: 'Newest first.' })
  @Reads('delivery:read')
  async deliveries(
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Arg('statuses', () => [DeliveryStatusEnum], { nullable: true }) statuses: DeliveryStatus[] | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    const { deliveries } = signedIn(context).stores
    const request = pageRequest(first, after)
    const page = await readList(() => deliveries.list(request, statuses == null ? {} : { statuses }))
    return countedConnectionOf(page, request, (delivery) => delivery)
  }

  @FieldResolver(() => [Incident])
  @Reads('incident:read')
  async incidents(@Root() delivery: DeliveryRecord, @Ctx() context: GatewayContext) {
    const incident = await signedIn(context).stores.incidents.get(delivery.incidentId)
    return incident === null ? [] : [shownIncident(incident)]
  }

  @FieldResolver(() => Channel, { description: 'Also when it is deleted by now.' })
  async channel(@Root() delivery: DeliveryRecord, @Ctx() context: GatewayContext) {
    return signedIn(context).stores.channels.evenDeleted(delivery.channelId)
  }
}
