import { type GatewayContext, signedIn } from './context.js'
import { asUserFaults } from './query-faults.js'
import type { QueryLimits } from './query-turns.js'

/**
 * Runs a query that a person wrote, within the bounds of the caller's org and until the caller leaves. What is wrong
 * with it, or too large, becomes a mistake at the argument `name`.
 *
 * @param run Hands its limits on to a reader, as part of the question.
 * @throws UserFault QUERY_INVALID with line and column, or TOO_BROAD.
 */
export function boundedQuery<Result>(
  context: GatewayContext,
  name: string,
  run: (limits: QueryLimits) => Promise<Result>,
): Promise<Result> {
  const { orgId } = signedIn(context).stores
  return asUserFaults(name, () => context.services.queryTurns.run({ orgId, signal: context.signal }, run))
}
