import { Ctx, FieldResolver, Query, Resolver, Root } from '../../schema/graphql/decorators.js'
import { Viewer } from '../../schema/graphql/who.js'
import { type Caller, isOperator } from '../auth/caller.js'
import { type GatewayContext, signedIn } from '../context.js'
import { shownSession } from './shown-session.js'

@Resolver(() => Viewer)
export class ViewerResolver {
  @Query(() => Viewer)
  viewer(@Ctx() context: GatewayContext): Caller {
    return signedIn(context).caller
  }

  @FieldResolver(() => Boolean, {
    description: 'Whether the caller runs the installation: an owner of the org of the first start, signed in to it.',
  })
  operator(@Root() caller: Caller): boolean {
    return isOperator(caller)
  }

  @FieldResolver()
  async orgs(@Root() caller: Caller, @Ctx() { services }: GatewayContext) {
    if (caller.token !== null) return [{ org: caller.org, role: caller.role }]
    return services.controlPlane.identity.memberships(caller.user.id)
  }

  @FieldResolver()
  async sessions(@Root() caller: Caller, @Ctx() { services }: GatewayContext) {
    if (caller.session === null) return []
    const sessions = await services.controlPlane.identity.sessions(caller.user.id)
    return sessions.map((session) => shownSession(session, caller))
  }
}
