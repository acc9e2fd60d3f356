import type { Permission } from '../schema/domain/permission.js'
import { QueryError } from '../schema/domain/query-error.js'
import { UseMiddleware } from '../schema/graphql/decorators.js'
import { type GatewayContext, permitted, signedIn } from './context.js'
import { forbiddenMessage, UserFault } from './user-fault.js'

type Middleware = Parameters<typeof UseMiddleware>[0]

/** A query or field that needs a permission; without it, a top-level error. */
export function Reads(permission: Permission) {
  return UseMiddleware((({ context }, next) => {
    permitted(context as GatewayContext, permission)
    return next()
  }) satisfies Middleware)
}

/** A mutation that needs a permission; without it, and for every mistake, `userErrors` in its payload. */
export function Writes(permission: Permission, emptyPayload: object = {}) {
  return UseMiddleware((async ({ context }, next) => {
    const { caller } = signedIn(context as GatewayContext)
    if (caller.permissions.includes(permission)) return withUserErrors(emptyPayload, next)
    return {
      ...emptyPayload,
      userErrors: [{ code: 'FORBIDDEN', path: [], message: forbiddenMessage(permission) }],
    }
  }) satisfies Middleware)
}

/** Answers mistakes in `userErrors`. */
export function AnswersMistakes(emptyPayload: object = {}) {
  return UseMiddleware((async (_data, next) => withUserErrors(emptyPayload, next)) satisfies Middleware)
}

async function withUserErrors(emptyPayload: object, next: () => Promise<unknown>): Promise<unknown> {
  try {
    return await next()
  } catch (error) {
    if (error instanceof UserFault) return { ...emptyPayload, userErrors: error.errors }
    if (error instanceof QueryError) {
      const { message, line, column, code } = error
      return { ...emptyPayload, userErrors: [{ code, message, line, column, path: ['query'] }] }
    }
    throw error
  }
}
