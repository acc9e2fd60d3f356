import type { ApiToken, Org, SessionInfo, User } from '../../schema/domain/identity.js'
import type { Permission, Role } from '../../schema/domain/permission.js'
import { permissionsOf } from '../../schema/domain/permission.js'
import type { CallerFacts } from '../../schema/ports/control-plane.js'

/** Who asks: a user signed in to an org, or an API token acting for its owner. */
export interface Caller {
  readonly user: User
  readonly org: Org
  readonly role: Role
  readonly permissions: readonly Permission[]
  /** Null for an API token. */
  readonly session: SessionInfo | null
  /** Null for a session. */
  readonly token: ApiToken | null
}

/** A session may do what its role may. */
export function sessionCaller(facts: CallerFacts & { readonly session: SessionInfo }): Caller {
  return { ...facts, permissions: permissionsOf(facts.role), token: null }
}

/** A token may do what is in its scopes, as far as its owner's role goes now. */
export function tokenCaller(facts: CallerFacts & { readonly token: ApiToken }): Caller {
  const scopes: readonly string[] = facts.token.scopes
  const permissions = permissionsOf(facts.role).filter((permission) => scopes.includes(permission))
  return { ...facts, permissions, session: null }
}

/** Whether a caller runs the installation: an owner of the operator's org, signed in to it. */
export function isOperator({ org, role }: Caller): boolean {
  return org.operator && role === 'OWNER'
}
