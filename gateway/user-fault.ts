import { GraphQLError } from 'graphql'
import type { UserError, UserErrorCode } from '../schema/domain/errors.js'
import type { Permission } from '../schema/domain/permission.js'

/** Mistakes of the caller, thrown anywhere under a mutation or a query with `userErrors` and answered there. */
export class UserFault extends Error {
  override readonly name = 'UserFault'
  constructor(readonly errors: readonly UserError[]) {
    super(errors.map((error) => error.message).join('; '))
  }
}

/** One mistake as a fault. */
export function fault(code: UserErrorCode, path: readonly string[], message: string): UserFault {
  return new UserFault([{ code, path, message }])
}

/** The object was changed since the caller read it. */
export function conflict(path: readonly string[], expected: number, currentVersion: number): UserFault {
  const message = `Found version ${currentVersion}, expected ${expected}: it was changed since you read it.`
  return new UserFault([{ code: 'CONFLICT', path, message, currentVersion }])
}

/** A top-level error for what has no `userErrors`: an argument that cannot be served. */
export function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })
}

/** Nobody is signed in. The whole request is answered with HTTP 401. */
export function unauthenticated(message: string): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: 'UNAUTHENTICATED', http: { status: 401, headers: new Map([['www-authenticate', 'Bearer']]) } },
  })
}

/** What a caller without a permission is told. */
export function forbiddenMessage(permission: Permission): string {
  return `This needs the permission ${permission}, which your role or token does not have.`
}

export function forbidden(permission: Permission): GraphQLError {
  return new GraphQLError(forbiddenMessage(permission), { extensions: { code: 'FORBIDDEN', permission } })
}

/** What only the installation's operator may do. */
export function operatorOnly(): GraphQLError {
  const message =
    'This is for the installation’s operator: an owner of the organisation that was made at the first start.'
  return new GraphQLError(message, { extensions: { code: 'FORBIDDEN' } })
}
