import { writeStringLiteral } from '../../query/logql/index.js'
import { Arg, Ctx, ID, Int, Query, Resolver } from '../../schema/graphql/decorators.js'
import { LogContextResult } from '../../schema/graphql/log.js'
import type { ReadLimits } from '../../schema/ports/series.js'
import type { LogPage, LogReader } from '../../schema/ports/telemetry.js'
import { AnswersMistakes, Reads } from '../access.js'
import { boundedQuery } from '../bounded-query.js'
import { type GatewayContext, signedIn } from '../context.js'
import { fault } from '../user-fault.js'

const MOST = 100
/** How far neighbours are looked for, ms: near ones first, since a day of a busy service is much to look through. */
const REACH_MS = [60_000, 3_600_000, 86_400_000]

@Resolver()
export class LogContextResolver {
  @Query(() => LogContextResult, {
    description:
      'A record and those around it in time, within a day: of its service, or those that meet `query`. To go on, hand a cursor to `logs` with the same query.',
  })
  @Reads('logs:read')
  @AnswersMistakes()
  async logContext(
    @Arg('id', () => ID) id: string,
    @Arg('before', () => Int, { nullable: true, defaultValue: 10 }) before: number | null,
    @Arg('after', () => Int, { nullable: true, defaultValue: 10 }) after: number | null,
    @Arg('query', () => String, { nullable: true }) query: string | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    const { stores } = signedIn(context)
    const wanted = { before: before ?? 10, after: after ?? 10 }
    for (const [name, count] of Object.entries(wanted))
      if (count < 0 || count > MOST) throw fault('INVALID', [name], `Found ${name}: ${count}; expected 0 to ${MOST}.`)
    const reader = context.services.logs.forOrg(stores.orgId)
    return boundedQuery(context, 'query', async (limits) => {
      const record = await reader.find({ id, ...limits })
      if (record === null) throw fault('NOT_FOUND', ['id'], 'No record has this id, or it is no longer kept.')
      const selector = query ?? `{service=${writeStringLiteral(record.service)}}`
      const around = { selector, at: Date.parse(record.at), id, limits }
      const earlier = await neighbours(reader, { ...around, first: wanted.before, order: 'DESC' })
      const later = await neighbours(reader, { ...around, first: wanted.after, order: 'ASC' })
      return {
        record,
        before: shown(
          { ...earlier, records: [...earlier.records].reverse() },
          { hasPreviousPage: earlier.hasNextPage },
        ),
        after: shown(later, { hasNextPage: later.hasNextPage }),
        userErrors: [],
      }
    })
  }
}

interface Around {
  readonly selector: string
  /** Of the record, Unix ms. */
  readonly at: number
  readonly id: string
  readonly first: number
  readonly order: 'ASC' | 'DESC'
  readonly limits: ReadLimits
}

/** The nearest on one side, the nearest first. */
async function neighbours(reader: LogReader, { selector, at, id, first, order, limits }: Around): Promise<LogPage> {
  let page: LogPage = { records: [], hasNextPage: false }
  if (first === 0) return page
  for (const reach of REACH_MS) {
    const range = order === 'DESC' ? { from: at - reach, to: at + 1 } : { from: at, to: at + reach }
    page = await reader.search({ selector, ...range, first, after: id, order, ...limits })
    if (page.hasNextPage) break
  }
  return page
}

function shown({ records }: LogPage, more: { readonly hasNextPage?: boolean; readonly hasPreviousPage?: boolean }) {
  const edges = records.map(({ cursor, record }) => ({ cursor, node: record }))
  const ends = { startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null }
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: { hasNextPage: false, hasPreviousPage: false, ...more, ...ends },
  }
}
