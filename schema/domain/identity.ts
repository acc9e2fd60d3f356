import type { Permission, Role } from './permission.js'

/*
 * Who asks. A user belongs to orgs by memberships; a session is a user signed in to one org; an API token acts for its
 * owner in one org with fewer permissions. Times in Unix ms.
 */

export interface Org {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly version: number
  /** Its owners run the installation. */
  readonly operator: boolean
  readonly createdAt: number
}

export interface User {
  readonly id: string
  /** Lower case. */
  readonly email: string
  readonly name: string
  readonly createdAt: number
}

export interface Membership {
  readonly id: string
  readonly org: Org
  readonly role: Role
  readonly joinedAt: number
}

export interface Member {
  readonly id: string
  readonly user: User
  readonly role: Role
  readonly joinedAt: number
}

export interface SessionInfo {
  readonly id: string
  readonly userId: string
  readonly orgId: string
  readonly createdAt: number
  readonly lastUsedAt: number | null
  readonly ip: string | null
  readonly userAgent: string | null
}

export interface ApiToken {
  readonly id: string
  readonly orgId: string
  readonly userId: string
  readonly name: string
  readonly scopes: readonly Permission[]
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly lastUsedAt: number | null
  readonly revokedAt: number | null
}
