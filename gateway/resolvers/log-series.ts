import { MAX_STEPS } from '../../schema/domain/query-bounds.js'
import { Arg, Ctx, Int, Query, Resolver } from '../../schema/graphql/decorators.js'
import { DateTime, Duration } from '../../schema/graphql/scalars.js'
import { LogHistogramResult, SeriesResult } from '../../schema/graphql/series.js'
import { AnswersMistakes, Reads } from '../access.js'
import { boundedQuery } from '../bounded-query.js'
import { type GatewayContext, signedIn } from '../context.js'
import { readRange, readStep } from '../query-range.js'
import { shownSeries } from '../shown-series.js'
import { fault } from '../user-fault.js'

const MAX_BUCKETS = 1_000

@Resolver()
export class LogSeriesResolver {
  @Query(() => LogHistogramResult, {
    description: 'Records in [from, to) that meet a selector, by level in at most `buckets` spans of one width.',
  })
  @Reads('logs:read')
  @AnswersMistakes({ buckets: [] })
  async logHistogram(
    @Arg('query', () => String, { defaultValue: '{}' }) query: string,
    @Arg('from', () => DateTime) from: number,
    @Arg('to', () => DateTime) to: number,
    @Arg('buckets', () => Int, { nullable: true, defaultValue: 60 }) buckets: number | null,
    @Ctx() context: GatewayContext,
  ) {
    const { stores } = signedIn(context)
    readRange(from, to)
    const count = buckets ?? 60
    if (count < 1 || count > MAX_BUCKETS)
      throw fault('INVALID', ['buckets'], `Found ${count} buckets; expected 1 to ${MAX_BUCKETS}.`)
    const widthMs = Math.ceil((to - from) / count)
    const reader = context.services.logSeries.forOrg(stores.orgId)
    const found = await boundedQuery(context, 'query', (limits) =>
      reader.histogram({ selector: query, from, to, widthMs, ...limits }),
    )
    return { buckets: found.map(({ level, ...rest }) => ({ ...rest, level: level || null })), userErrors: [] }
  }

  @Query(() => SeriesResult, { description: 'A LogQL metric query at `from`, `from + step` … up to `to`.' })
  @Reads('logs:read')
  @AnswersMistakes({ series: [], warnings: [] })
  async logSeries(
    @Arg('query', () => String) query: string,
    @Arg('from', () => DateTime) from: number,
    @Arg('to', () => DateTime) to: number,
    @Arg('step', () => Duration) step: string,
    @Ctx() context: GatewayContext,
  ) {
    const { stores } = signedIn(context)
    readRange(from, to)
    const stepMs = readStep(step)
    if ((to - from) / stepMs >= MAX_STEPS)
      throw fault(
        'TOO_BROAD',
        ['step'],
        `Found more than ${MAX_STEPS} steps; expected a longer step or a shorter range.`,
      )
    const reader = context.services.logSeries.forOrg(stores.orgId)
    const series = await boundedQuery(context, 'query', (limits) =>
      reader.series({ query, start: from, end: to, step: stepMs, ...limits }),
    )
    return { series: series.map(shownSeries), warnings: [], userErrors: [] }
  }
}
