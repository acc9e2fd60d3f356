import type { Matcher } from '../../schema/domain/matcher.js'
import { Arg, Ctx, Int, Query, Resolver } from '../../schema/graphql/decorators.js'
import { MatcherInput } from '../../schema/graphql/label.js'
import { NamesResult } from '../../schema/graphql/series.js'
import type { Cut } from '../../schema/ports/series.js'
import { AnswersMistakes, Reads } from '../access.js'
import { boundedQuery } from '../bounded-query.js'
import { type GatewayContext, signedIn } from '../context.js'
import { checkedMatchers } from '../promql/checked-matchers.js'
import { fault } from '../user-fault.js'

const MAX_NAMES = 10_000
const MAX_MATCHERS = 16

@Resolver()
export class MetricNamesResolver {
  @Query(() => NamesResult, { description: 'Names of metrics, in order.' })
  @Reads('metrics:read')
  @AnswersMistakes({ names: [], truncated: false })
  async metricNames(
    @Arg('prefix', () => String, { nullable: true }) prefix: string | null | undefined,
    @Arg('first', () => Int, { nullable: true, defaultValue: 100 }) first: number | null,
    @Ctx() context: GatewayContext,
  ) {
    const limit = readFirst(first)
    const query = { anyOf: [], range: null, limit, ...(prefix ? { prefix } : {}) }
    return named(
      await boundedQuery(context, 'prefix', (limits) =>
        catalog(context).labelValues('__name__', { ...query, ...limits }),
      ),
    )
  }

  @Query(() => NamesResult, {
    description: 'Values of a label of metrics, in order; the name of a metric is the label `__name__`.',
  })
  @Reads('metrics:read')
  @AnswersMistakes({ names: [], truncated: false })
  async labelValues(
    @Arg('name', () => String) name: string,
    @Arg('matchers', () => [MatcherInput], { nullable: true }) matchers: readonly MatcherInput[] | null | undefined,
    @Arg('first', () => Int, { nullable: true, defaultValue: 100 }) first: number | null,
    @Ctx() context: GatewayContext,
  ) {
    const limit = readFirst(first)
    if ((matchers?.length ?? 0) > MAX_MATCHERS)
      throw fault('INVALID', ['matchers'], `Found ${matchers?.length} matchers; expected at most ${MAX_MATCHERS}.`)
    const found = await boundedQuery(context, 'matchers', async (limits) => {
      const list = checkedMatchers(
        (matchers ?? []).map((given): Matcher => ({ name: given.name, op: given.operator, value: given.value })),
      )
      const anyOf = list.length === 0 ? [] : [list]
      return catalog(context).labelValues(name, { anyOf, range: null, limit, ...limits })
    })
    return named(found)
  }
}

function catalog(context: GatewayContext) {
  return context.services.series.forOrg(signedIn(context).stores.orgId)
}

function readFirst(first: number | null): number {
  const count = first ?? 100
  if (count >= 1 && count <= MAX_NAMES) return count
  throw fault('INVALID', ['first'], `Found first: ${count}; expected 1 to ${MAX_NAMES}.`)
}

function named({ items, truncated }: Cut<string>) {
  return { names: items, truncated, userErrors: [] }
}
