import { idKind } from '../../schema/domain/ids.js'
import { Arg, Ctx, ID, Query, Resolver } from '../../schema/graphql/decorators.js'
import { Node } from '../../schema/graphql/node.js'
import { type GatewayContext, permitted, signedIn } from '../context.js'
import { shownIncident, shownInstance, shownMonitor } from '../shown.js'
import { badInput } from '../user-fault.js'
import { shownSession } from './shown-session.js'

const MAX_IDS = 100

@Resolver()
export class NodeResolver {
  @Query(() => Node, { nullable: true })
  node(@Arg('id', () => ID) id: string, @Ctx() context: GatewayContext) {
    return nodeOf(id, context)
  }

  @Query(() => [Node], { nullable: 'items', description: 'In the order of the ids; null where there is nothing.' })
  nodes(@Arg('ids', () => [ID]) ids: string[], @Ctx() context: GatewayContext) {
    if (ids.length > MAX_IDS) throw badInput(`Found ${ids.length} ids; expected at most ${MAX_IDS}.`)
    return Promise.all(ids.map((id) => nodeOf(id, context)))
  }
}

/** What an id names in the caller's org; null when nothing, or another org's. */
async function nodeOf(id: string, context: GatewayContext): Promise<object | null> {
  const { caller, stores } = signedIn(context)
  switch (idKind(id)) {
    case 'org':
      return id === stores.orgId ? caller.org : null
    case 'user':
      permitted(context, 'org:read')
      return stores.members.user(id)
    case 'membership':
      permitted(context, 'org:read')
      return stores.members.get(id)
    case 'session': {
      const sessions =
        caller.session === null ? [] : await context.services.controlPlane.identity.sessions(caller.user.id)
      const found = sessions.find((session) => session.id === id)
      return found === undefined ? null : shownSession(found, caller)
    }
    case 'apiToken':
      permitted(context, 'apitoken:write')
      return stores.apiTokens.get(id)
    case 'ingestKey':
      permitted(context, 'ingestkey:read')
      return stores.ingestKeys.get(id)
    case 'monitor': {
      permitted(context, 'monitor:read')
      const monitor = await stores.monitors.get(id)
      return monitor && shownMonitor(monitor)
    }
    case 'alertInstance': {
      permitted(context, 'monitor:read')
      const instance = await stores.monitors.instance(id)
      return instance && shownInstance(instance)
    }
    case 'channel':
      permitted(context, 'channel:read')
      return stores.channels.get(id)
    case 'incident': {
      permitted(context, 'incident:read')
      const incident = await stores.incidents.get(id)
      return incident && shownIncident(incident)
    }
    case 'delivery':
      permitted(context, 'delivery:read')
      return stores.deliveries.get(id)
    default:
      return null
  }
}
