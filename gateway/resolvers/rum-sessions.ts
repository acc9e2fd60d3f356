import { Arg, Ctx, ID, Int, Query, Resolver } from '../../schema/graphql/decorators.js'
import { RumErrorsResult, RumSessionResult, RumSessionsResult } from '../../schema/graphql/rum.js'
import { DateTime } from '../../schema/graphql/scalars.js'
import { AnswersMistakes, Reads } from '../access.js'
import { boundedQuery } from '../bounded-query.js'
import { connectionOf, pageRequest } from '../connection.js'
import { type GatewayContext, signedIn } from '../context.js'
import { EARLIEST, LATEST, readRange } from '../query-range.js'

@Resolver()
export class RumSessionResolver {
  @Query(() => RumSessionsResult, {
    description: 'Browser sessions of which an event in [from, to) meets a selector, the newest start first.',
  })
  @Reads('rum:read')
  @AnswersMistakes()
  async rumSessions(
    @Arg('from', () => DateTime) from: number,
    @Arg('to', () => DateTime) to: number,
    @Arg('filter', () => String, { nullable: true }) filter: string | null | undefined,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    readRange(from, to)
    const page = pageRequest(first ?? 50, after)
    const found = await boundedQuery(context, 'filter', (limits) =>
      readerOf(context).sessions({ from, to, filter: filter ?? '{}', ...page, ...limits }),
    )
    return { sessions: connectionOf(found, page, (session) => session), userErrors: [] }
  }

  @Query(() => RumSessionResult, {
    description: 'A browser session by the id that the page gave it, and its events. A range finds it sooner.',
  })
  @Reads('rum:read')
  @AnswersMistakes()
  async rumSession(
    @Arg('id', () => ID) id: string,
    @Arg('from', () => DateTime, { nullable: true }) from: number | null | undefined,
    @Arg('to', () => DateTime, { nullable: true }) to: number | null | undefined,
    @Arg('first', () => Int, { nullable: true, defaultValue: 100 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    const range = { from: from ?? EARLIEST, to: to ?? LATEST }
    readRange(range.from, range.to)
    const page = pageRequest(first ?? 100, after)
    const reader = readerOf(context)
    const [session, events] = await boundedQuery(context, 'id', (limits) =>
      Promise.all([
        reader.session({ id, ...range, ...limits }),
        reader.sessionEvents({ id, ...range, ...page, ...limits }),
      ]),
    )
    return { session, events: session && connectionOf(events, page, (event) => event), userErrors: [] }
  }

  @Query(() => RumErrorsResult, {
    description:
      'Errors in [from, to) that meet a selector, grouped by fingerprint, the most frequent first. Pages after the first show what was stored when the first was read.',
  })
  @Reads('rum:read')
  @AnswersMistakes()
  async rumErrors(
    @Arg('from', () => DateTime) from: number,
    @Arg('to', () => DateTime) to: number,
    @Arg('filter', () => String, { nullable: true }) filter: string | null | undefined,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    readRange(from, to)
    const page = pageRequest(first ?? 50, after)
    const found = await boundedQuery(context, 'filter', (limits) =>
      readerOf(context).errors({ from, to, filter: filter ?? '{}', ...page, ...limits }),
    )
    return { errors: connectionOf(found, page, (group) => group), userErrors: [] }
  }
}

function readerOf(context: GatewayContext) {
  return context.services.rum.forOrg(signedIn(context).stores.orgId)
}
