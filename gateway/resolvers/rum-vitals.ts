import { MAX_STEPS } from '../../schema/domain/query-bounds.js'
import type { RumDimension } from '../../schema/domain/vitals.js'
import { Arg, Ctx, Int, Query, Resolver } from '../../schema/graphql/decorators.js'
import { RumDimensionEnum } from '../../schema/graphql/enums.js'
import { RumVitalsResult } from '../../schema/graphql/rum.js'
import { DateTime, Duration } from '../../schema/graphql/scalars.js'
import { SeriesResult } from '../../schema/graphql/series.js'
import type { RumVital } from '../../schema/ports/rum.js'
import { AnswersMistakes, Reads } from '../access.js'
import { boundedQuery } from '../bounded-query.js'
import { type GatewayContext, signedIn } from '../context.js'
import { readRange, readStep } from '../query-range.js'
import { shownSeries } from '../shown-series.js'
import { fault } from '../user-fault.js'

const MAX_VALUES = 1_000

@Resolver()
export class RumVitalResolver {
  @Query(() => RumVitalsResult, {
    description:
      'Web vitals of browser events in [from, to) that meet a selector, of the `first` commonest values of `by`.',
  })
  @Reads('rum:read')
  @AnswersMistakes({ vitals: [], truncated: false })
  async rumVitals(
    @Arg('from', () => DateTime) from: number,
    @Arg('to', () => DateTime) to: number,
    @Arg('by', () => RumDimensionEnum, { nullable: true }) by: RumDimension | null | undefined,
    @Arg('filter', () => String, { nullable: true }) filter: string | null | undefined,
    @Arg('first', () => Int, { nullable: true, defaultValue: 100 }) first: number | null,
    @Ctx() context: GatewayContext,
  ) {
    const { stores } = signedIn(context)
    readRange(from, to)
    const values = first ?? 100
    if (values < 1 || values > MAX_VALUES)
      throw fault('INVALID', ['first'], `Found first: ${values}; expected 1 to ${MAX_VALUES}.`)
    const reader = context.services.rum.forOrg(stores.orgId)
    const dimension = by ?? null
    const { vitals, truncated } = await boundedQuery(context, 'filter', (limits) =>
      reader.vitals({ from, to, by: dimension, filter: filter ?? '{}', first: values, ...limits }),
    )
    return { vitals: vitals.map((vital) => shownVital(vital, dimension)), truncated, userErrors: [] }
  }

  @Query(() => SeriesResult, {
    description:
      'The 75th percentile of each web vital over spans of `step` in [from, to); a timestamp is where its span begins. The label `metric` names the vital.',
  })
  @Reads('rum:read')
  @AnswersMistakes({ series: [], warnings: [] })
  async rumVitalSeries(
    @Arg('from', () => DateTime) from: number,
    @Arg('to', () => DateTime) to: number,
    @Arg('step', () => Duration) step: string,
    @Arg('filter', () => String, { nullable: true }) filter: string | null | undefined,
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
    const reader = context.services.rum.forOrg(stores.orgId)
    const series = await boundedQuery(context, 'filter', (limits) =>
      reader.vitalSeries({ from, to, step: stepMs, filter: filter ?? '{}', ...limits }),
    )
    return { series: series.map(shownSeries), warnings: [], userErrors: [] }
  }
}

function shownVital({ good, needsImprovement, poor, ...vital }: RumVital, dimension: RumDimension | null) {
  return {
    ...vital,
    dimension,
    page: dimension === 'PAGE' ? vital.value : null,
    good: good / vital.count,
    needsImprovement: needsImprovement / vital.count,
    poor: poor / vital.count,
  }
}
