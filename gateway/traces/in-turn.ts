import { type GatewayContext, signedIn } from '../context.js'
import type { QueryLimits } from '../query-turns.js'

/** Runs a query of the caller's, within the bounds of its org and until the caller leaves; its faults stay as they are. */
export function inTurn<Result>(
  context: GatewayContext,
  run: (limits: QueryLimits) => Promise<Result>,
): Promise<Result> {
  const { orgId } = signedIn(context).stores
  const { signal } = context
  return context.services.queryTurns.run({ orgId, signal }, run)
}
