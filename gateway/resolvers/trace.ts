import type { GraphQLResolveInfo } from 'graphql'
import { MAX_TRACE_SPANS, readSpanId, readTraceId } from '../../schema/domain/trace.js'
import type { CountedConnection } from '../../schema/graphql/connection.js'
import { Arg, Ctx, FieldResolver, Info, Int, Query, Resolver, Root } from '../../schema/graphql/decorators.js'
import { Span, SpanConnection, Trace } from '../../schema/graphql/trace.js'
import type { TraceReader } from '../../schema/ports/traces.js'
import { Reads } from '../access.js'
import { askedNames } from '../asked-names.js'
import { type GatewayContext, signedIn } from '../context.js'
import { inTurn } from '../traces/in-turn.js'
import { type PlacedSpan, placedRoot, placedSpans, positionOf } from '../traces/span-page.js'
import type { OpenTrace } from '../traces/trace-shelf.js'
import { badInput } from '../user-fault.js'

const MAX_FIRST = 1_000

@Resolver(() => Trace)
export class TraceResolver {
  @Query(() => Trace, { nullable: true, description: 'A trace by its id of 32 hexadecimal digits.' })
  @Reads('traces:read')
  async trace(@Arg('traceId', () => String) traceId: string, @Ctx() context: GatewayContext) {
    const id = readTraceId(traceId)
    if (id === null)
      throw badInput(
        `Found the trace id ${JSON.stringify(traceId.slice(0, 64))}; expected 32 hexadecimal digits that are not all 0.`,
      )
    const { orgId } = signedIn(context).stores
    const { traceShelf } = context.services
    const opened = await inTurn(context, (limits) => traceShelf.open(orgId, id, readerOf(context), limits))
    return opened === null ? null : shownTrace(opened)
  }

  @FieldResolver(() => Span, {
    nullable: true,
    description: 'The first span that names no parent; null while none has come.',
  })
  async root(@Root() { opened }: ShownTrace, @Ctx() context: GatewayContext, @Info() info: GraphQLResolveInfo) {
    return inTurn(context, (limits) => placedRoot(opened, readerOf(context), isWhole(info), limits))
  }

  @FieldResolver(() => SpanConnection, {
    description:
      'Rows of the tree: each span before those below it, siblings by start. A page begins at the start, after a cursor, at a row (`at`), or is the one in which a span stands (`spanId`).',
  })
  async spans(
    @Arg('first', () => Int, { nullable: true, defaultValue: MAX_FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Arg('at', () => Int, { nullable: true }) at: number | null | undefined,
    @Arg('spanId', () => String, { nullable: true }) spanId: string | null | undefined,
    @Root() { opened }: ShownTrace,
    @Ctx() context: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<CountedConnection<PlacedSpan>> {
    const count = first ?? MAX_FIRST
    if (count < 1 || count > MAX_FIRST) throw badInput(`Found first: ${count}; expected 1 to ${MAX_FIRST}.`)
    const from = beginning(opened, count, { after, at, spanId })
    const rows = opened.tree.order.length
    const spans = await inTurn(context, (limits) =>
      placedSpans(opened, readerOf(context), { from, until: from + count, whole: isWhole(info) }, limits),
    )
    const edges = spans.map((node) => ({ cursor: node.row, node }))
    return {
      edges,
      nodes: spans,
      pageInfo: {
        hasNextPage: from + count < rows,
        hasPreviousPage: from > 0 && rows > 0,
        startCursor: edges[0]?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      },
      totalCount: { value: rows, exact: opened.extent.spanCount <= MAX_TRACE_SPANS },
    }
  }
}

interface PageStart {
  readonly after: string | null | undefined
  readonly at: number | null | undefined
  readonly spanId: string | null | undefined
}

/** The row at which a page begins. Throws BAD_USER_INPUT. */
function beginning({ tree }: OpenTrace, count: number, { after, at, spanId }: PageStart): number {
  const given = [after, at, spanId].filter((one) => one != null).length
  if (given > 1) throw badInput(`Found ${given} of after, at and spanId; expected at most one of them.`)
  if (after != null) {
    const position = /^[0-9a-f]{16}$/.test(after) ? positionOf(tree, tree.skeleton.row, after) : -1
    if (position === -1)
      throw badInput('`after` is no cursor of this trace’s spans; expected one that this list handed out.')
    return position + 1
  }
  if (spanId != null) {
    const id = readSpanId(spanId)
    const position = id === null ? -1 : positionOf(tree, tree.skeleton.spanId, id)
    if (position === -1)
      throw badInput(`Found spanId: ${JSON.stringify(spanId.slice(0, 32))}; expected the id of a span of this trace.`)
    return position - (position % count)
  }
  if (at != null && at < 0) throw badInput(`Found at: ${at}; expected a row from 0 on.`)
  return at ?? 0
}

function readerOf(context: GatewayContext): TraceReader {
  return context.services.traces.forOrg(signedIn(context).stores.orgId)
}

function isWhole(info: GraphQLResolveInfo): boolean {
  const names = askedNames(info)
  return ['attributes', 'events', 'links'].some((name) => names.has(name))
}

type ShownTrace = ReturnType<typeof shownTrace>

function shownTrace(opened: OpenTrace) {
  const { traceId, extent, tree } = opened
  const truncated = extent.spanCount > MAX_TRACE_SPANS
  return {
    opened,
    traceId,
    startedAt: extent.startedAt,
    durationMs: (truncated ? Number(extent.lastEndNs - extent.firstStartNs) : tree.durationNs) / 1e6,
    spanCount: truncated ? extent.spanCount : tree.order.length,
    errorCount: tree.errorCount,
    services: tree.services.map(({ service }) => service),
    byService: tree.services.map(({ selfNs, criticalNs, ...share }) => ({
      ...share,
      selfMs: selfNs / 1e6,
      criticalMs: criticalNs / 1e6,
    })),
    truncated,
  }
}
