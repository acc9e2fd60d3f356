import { Arg, Ctx, Query, Resolver } from '../../schema/graphql/decorators.js'
import { DateTime, Duration } from '../../schema/graphql/scalars.js'
import { SeriesResult } from '../../schema/graphql/series.js'
import { AnswersMistakes, Reads } from '../access.js'
import { type GatewayContext, signedIn } from '../context.js'
import type { Evaluated, EvaluationTask } from '../promql/task.js'
import { asUserFaults } from '../query-faults.js'
import { readRange, readStep } from '../query-range.js'
import { shownSeries } from '../shown-series.js'
import { fault } from '../user-fault.js'

/** Values of one answer: GraphQL takes about 0.3 µs for each number, in the thread that serves everybody. */
const MAX_POINTS = 250_000

const NOTHING = { series: [], warnings: [] }

@Resolver()
export class MetricQueryResolver {
  @Query(() => SeriesResult, { description: 'PromQL at one instant; now, unless told otherwise.' })
  @Reads('metrics:read')
  @AnswersMistakes(NOTHING)
  async metricInstant(
    @Arg('promql', () => String) promql: string,
    @Arg('at', () => DateTime, { nullable: true }) at: number | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    const start = at ?? context.services.clock.now()
    return shown(await evaluate(context, promql, { start, end: start, step: 0 }))
  }

  @Query(() => SeriesResult, { description: 'PromQL at `from`, `from + step` … up to `to`.' })
  @Reads('metrics:read')
  @AnswersMistakes(NOTHING)
  async metricRange(
    @Arg('promql', () => String) promql: string,
    @Arg('from', () => DateTime) from: number,
    @Arg('to', () => DateTime) to: number,
    @Arg('step', () => Duration) step: string,
    @Ctx() context: GatewayContext,
  ) {
    readRange(from, to)
    return shown(await evaluate(context, promql, { start: from, end: to, step: readStep(step) }))
  }
}

function evaluate(context: GatewayContext, promql: string, times: EvaluationTask['times']): Promise<Evaluated> {
  const { stores } = signedIn(context)
  const { signal } = context
  const ask = { promql, times, form: 'columns', limit: null, signal, timeoutMs: null, points: MAX_POINTS } as const
  return asUserFaults('promql', () => context.services.promql.ask(stores.orgId, ask))
}

function shown(evaluated: Evaluated) {
  if (evaluated.form !== 'columns') throw new TypeError('Columns were asked for, and text came.')
  const { result } = evaluated
  const warnings = [...result.warnings, ...result.infos]
  switch (result.kind) {
    case 'matrix':
      return { series: result.series.map(shownSeries), warnings, userErrors: [] }
    case 'vector': {
      const timestamps = [result.timestamp]
      const series = result.samples.map(({ labels, value }) => shownSeries({ labels, timestamps, values: [value] }))
      return { series, warnings, userErrors: [] }
    }
    case 'scalar': {
      const one = shownSeries({ labels: {}, timestamps: [result.timestamp], values: [result.value] })
      return { series: [one], warnings, userErrors: [] }
    }
    case 'string':
      throw fault('QUERY_INVALID', ['promql'], 'The expression is a string; expected one that has numbers.')
  }
}
