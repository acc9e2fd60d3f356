import { QueryBoundError } from '../schema/domain/query-bounds.js'
import { QueryError } from '../schema/domain/query-error.js'
import { CursorError } from '../schema/ports/control-plane.js'
import { StoreError } from '../schema/ports/telemetry.js'
import { UserFault } from './user-fault.js'

/**
 * Runs a query that a person wrote; what is wrong with it, or too large, becomes a mistake at the argument `name`, and a
 * foreign cursor one at `after`.
 *
 * @throws UserFault QUERY_INVALID with line and column, TOO_BROAD or INVALID.
 */
export async function asUserFaults<Result>(name: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof QueryError) {
      const { message, line, column, code } = error
      throw new UserFault([{ code, message, line, column, path: [name] }])
    }
    if (error instanceof CursorError)
      throw new UserFault([{ code: 'INVALID', message: error.message, path: ['after'] }])
    if (error instanceof QueryBoundError)
      throw new UserFault([{ code: 'TOO_BROAD', message: error.message, path: [name] }])
    if (error instanceof StoreError && error.kind === 'query')
      throw new UserFault([{ code: 'QUERY_INVALID', message: error.message, path: [name] }])
    throw error
  }
}
