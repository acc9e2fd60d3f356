import { Arg, Ctx, Int, Query, Resolver } from '../../schema/graphql/decorators.js'
import { OrderEnum } from '../../schema/graphql/enums.js'
import { LogResult } from '../../schema/graphql/log.js'
import { DateTime } from '../../schema/graphql/scalars.js'
import { AnswersMistakes, Reads } from '../access.js'
import { boundedQuery } from '../bounded-query.js'
import { connectionOf, pageRequest } from '../connection.js'
import { type GatewayContext, signedIn } from '../context.js'
import { fault } from '../user-fault.js'

@Resolver()
export class LogResolver {
  @Query(() => LogResult, { description: 'Records in [from, to) that meet a selector with line filters.' })
  @Reads('logs:read')
  @AnswersMistakes()
  async logs(
    @Arg('query', () => String, { defaultValue: '{}' }) query: string,
    @Arg('from', () => DateTime) from: number,
    @Arg('to', () => DateTime) to: number,
    @Arg('first', () => Int, { nullable: true, defaultValue: 100 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Arg('order', () => OrderEnum, { nullable: true, defaultValue: OrderEnum.DESC }) order: 'ASC' | 'DESC' | null,
    @Ctx() context: GatewayContext,
  ) {
    const { stores } = signedIn(context)
    if (from >= to) throw fault('INVALID', ['to'], 'Found an empty range; expected `from` before `to`.')
    const request = pageRequest(first, after)
    const reader = context.services.logs.forOrg(stores.orgId)
    const page = await boundedQuery(context, 'query', (limits) =>
      reader.search({ selector: query, from, to, ...request, order: order ?? 'DESC', ...limits }),
    )
    const items = page.records.map(({ cursor, record }) => ({ cursor, value: record }))
    const logs = connectionOf({ items, hasNextPage: page.hasNextPage }, request, (record) => record)
    return { logs, userErrors: [] }
  }
}
