import type { Connection } from '../../schema/graphql/connection.js'
import { Arg, Ctx, Int, Query, Resolver } from '../../schema/graphql/decorators.js'
import { DateTime } from '../../schema/graphql/scalars.js'
import { TraceFilter, TraceResult } from '../../schema/graphql/trace-search.js'
import type { TraceFacts, TraceQuery, TraceSummary } from '../../schema/ports/traces.js'
import { AnswersMistakes, Reads } from '../access.js'
import { boundedQuery } from '../bounded-query.js'
import { connectionOf, pageRequest } from '../connection.js'
import { type GatewayContext, signedIn } from '../context.js'
import { readRange } from '../query-range.js'
import { InputArg } from '../raw-arg.js'
import { inTurn } from '../traces/in-turn.js'
import { fault } from '../user-fault.js'

const MAX_TEXT = 1_024
const MAX_SELECTOR = 8_192

@Resolver()
export class TraceSearchResolver {
  @Query(() => TraceResult, {
    description:
      'Traces that are found by their spans which began in [from, to), newest first. Judged by these spans, shown as a whole.',
  })
  @Reads('traces:read')
  @AnswersMistakes({ traces: null })
  async traces(
    @Arg('from', () => DateTime) from: number,
    @Arg('to', () => DateTime) to: number,
    @InputArg('filter', () => TraceFilter, { nullable: true }) filter: TraceFilter | null | undefined,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    const { stores } = signedIn(context)
    readRange(from, to)
    const query = { ...readFilter(filter ?? {}), from, to }
    const request = pageRequest(first ?? 50, after)
    const reader = context.services.traces.forOrg(stores.orgId)
    const page = await boundedQuery(context, 'filter', (limits) => reader.search({ ...query, ...request, ...limits }))
    const items = page.traces.map(({ cursor, summary }) => ({ cursor, value: summary }))
    return new FoundTraces(
      connectionOf({ items, hasNextPage: page.hasNextPage }, request, (summary) => summary),
      () => inTurn(context, (limits) => reader.facts({ ...query, ...limits })),
    )
  }
}

/** A page of traces; what is true of all of them is read once, when a field asks for it. */
class FoundTraces {
  readonly userErrors = []
  #facts: Promise<TraceFacts> | null = null

  constructor(
    readonly traces: Connection<TraceSummary>,
    private readonly read: () => Promise<TraceFacts>,
  ) {}

  get count() {
    return this.#of(({ count }) => ({ value: count, exact: true }))
  }

  get errorCount() {
    return this.#of(({ errors }) => ({ value: errors, exact: true }))
  }

  get histogram() {
    return this.#of(({ histogram }) => histogram)
  }

  #of<Shown>(show: (facts: TraceFacts) => Shown): Promise<Shown> {
    this.#facts ??= this.read()
    return this.#facts.then(show)
  }
}

function readFilter(filter: TraceFilter): Omit<TraceQuery, 'from' | 'to' | 'signal' | 'bounds'> {
  const minDurationMs = readDuration('minDurationMs', filter.minDurationMs)
  const maxDurationMs = readDuration('maxDurationMs', filter.maxDurationMs)
  if (minDurationMs !== null && maxDurationMs !== null && minDurationMs > maxDurationMs)
    throw fault(
      'INVALID',
      ['filter', 'maxDurationMs'],
      `Found ${maxDurationMs}, below minDurationMs of ${minDurationMs}; expected at least that.`,
    )
  return {
    filter: readText('filter', filter.filter, MAX_SELECTOR),
    service: readText('service', filter.service, MAX_TEXT),
    name: readText('name', filter.name, MAX_TEXT),
    minDurationMs,
    maxDurationMs,
    errorsOnly: filter.errorsOnly ?? false,
  }
}

function readText(name: string, text: string | null | undefined, limit: number): string | null {
  if (text == null) return null
  if (text.length <= limit) return text
  throw fault('INVALID', ['filter', name], `Found ${text.length} characters; expected at most ${limit}.`)
}

function readDuration(name: string, ms: number | null | undefined): number | null {
  if (ms == null) return null
  if (ms >= 0 && ms <= Number.MAX_SAFE_INTEGER) return ms
  throw fault('INVALID', ['filter', name], `Found ${ms}; expected milliseconds from 0 on.`)
}
