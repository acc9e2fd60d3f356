import { Arg, Ctx, Query, Resolver } from '../../schema/graphql/decorators.js'
import { DateTime } from '../../schema/graphql/scalars.js'
import { ServiceMapResult } from '../../schema/graphql/trace-search.js'
import { AnswersMistakes, Reads } from '../access.js'
import { boundedQuery } from '../bounded-query.js'
import { type GatewayContext, signedIn } from '../context.js'
import { readRange } from '../query-range.js'

@Resolver()
export class ServiceMapResolver {
  @Query(() => ServiceMapResult, { description: 'Who called whom in [from, to), from the parents of spans.' })
  @Reads('traces:read')
  @AnswersMistakes({ map: null })
  async serviceMap(
    @Arg('from', () => DateTime) from: number,
    @Arg('to', () => DateTime) to: number,
    @Ctx() context: GatewayContext,
  ) {
    const { stores } = signedIn(context)
    readRange(from, to)
    const reader = context.services.traces.forOrg(stores.orgId)
    const map = await boundedQuery(context, 'from', (limits) => reader.serviceMap({ from, to, ...limits }))
    const edges = map.edges.map((edge) => ({ ...edge, errorRate: edge.errors / edge.calls }))
    return { map: { ...map, edges }, userErrors: [] }
  }
}
