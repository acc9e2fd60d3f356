import type { Org as OrgFacts } from '../../schema/domain/identity.js'
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from '../../schema/graphql/decorators.js'
import { ApiTokenConnection, MemberConnection, Org } from '../../schema/graphql/who.js'
import { countedConnectionOf, pageRequest, readList } from '../connection.js'
import { type GatewayContext, permitted, type SignedIn } from '../context.js'
import { badInput } from '../user-fault.js'

@Resolver(() => Org)
export class OrgResolver {
  @FieldResolver(() => MemberConnection)
  async members(
    @Root() org: OrgFacts,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    const { stores } = sameOrg(permitted(context, 'org:read'), org)
    const request = pageRequest(first, after)
    return countedConnectionOf(await readList(() => stores.members.list(request)), request, (member) => member)
  }

  @FieldResolver(() => ApiTokenConnection)
  async apiTokens(
    @Root() org: OrgFacts,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    const { stores } = sameOrg(permitted(context, 'apitoken:write'), org)
    const request = pageRequest(first, after)
    return countedConnectionOf(await readList(() => stores.apiTokens.list(request)), request, (token) => token)
  }
}

/** `viewer.orgs` names other orgs of the user; what is in them is for sessions that are signed in there. */
function sameOrg(who: SignedIn, org: OrgFacts): SignedIn {
  if (who.stores.orgId !== org.id)
    throw badInput(`This session is signed in to ${who.caller.org.slug}; sign in to ${org.slug} to look into it.`)
  return who
}
