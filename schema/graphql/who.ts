import type { Role } from '../domain/permission.js'
import { countedConnectionType } from './connection.js'
import { Field, InputType, Int, ObjectType } from './decorators.js'
import { RoleEnum } from './enums.js'
import { UserError } from './errors.js'
import { Node } from './node.js'
import { DateTime, Duration } from './scalars.js'

@ObjectType({ implements: Node })
export class User {
  @Field(() => String)
  email!: string
  @Field(() => String)
  name!: string
  @Field(() => DateTime)
  createdAt!: number
}

@ObjectType({ implements: Node })
export class Member {
  @Field(() => User)
  user!: User
  @Field(() => RoleEnum)
  role!: Role
  @Field(() => DateTime)
  joinedAt!: number
}
export const MemberConnection = countedConnectionType('Member', () => Member)

@ObjectType({ implements: Node })
export class ApiToken {
  @Field(() => String)
  name!: string
  @Field(() => [String], { description: 'Its permissions, such as `monitor:write`; never more than its owner has.' })
  scopes!: readonly string[]
  @Field(() => DateTime)
  createdAt!: number
  @Field(() => DateTime, { nullable: true })
  expiresAt!: number | null
  @Field(() => DateTime, { nullable: true })
  lastUsedAt!: number | null
  @Field(() => DateTime, { nullable: true })
  revokedAt!: number | null
}
export const ApiTokenConnection = countedConnectionType('ApiToken', () => ApiToken)

@ObjectType({ implements: Node })
export class Org {
  @Field(() => String)
  slug!: string
  @Field(() => String)
  name!: string
  @Field(() => Int)
  version!: number
  @Field(() => DateTime)
  createdAt!: number
}

@ObjectType()
export class Membership {
  @Field(() => Org)
  org!: Org
  @Field(() => RoleEnum)
  role!: Role
}

@ObjectType({ implements: Node })
export class SessionInfo {
  @Field(() => DateTime)
  createdAt!: number
  @Field(() => DateTime, { nullable: true })
  lastUsedAt!: number | null
  @Field(() => String, { nullable: true })
  ip!: string | null
  @Field(() => String, { nullable: true })
  userAgent!: string | null
  @Field(() => Boolean, { description: 'Whether this very request comes from it.' })
  current!: boolean
}

@ObjectType()
export class Viewer {
  @Field(() => User, { nullable: true, description: 'The signed-in user, or the owner of the API token.' })
  user!: User | null
  @Field(() => ApiToken, { nullable: true, description: 'The API token that the request carries.' })
  token!: ApiToken | null
  @Field(() => Org)
  org!: Org
  @Field(() => RoleEnum)
  role!: Role
  @Field(() => [String])
  permissions!: readonly string[]
  @Field(() => [Membership])
  orgs!: readonly Membership[]
  @Field(() => [SessionInfo], { description: 'Empty for an API token, which has none.' })
  sessions!: readonly SessionInfo[]
}

@ObjectType()
export class Session {
  @Field(() => String)
  accessToken!: string
  @Field(() => DateTime)
  accessTokenExpiresAt!: number
  @Field(() => String, { description: 'Single use: each refresh answers with the next one.' })
  refreshToken!: string
  @Field(() => Viewer)
  viewer!: Viewer
}

@ObjectType()
export class SessionPayload {
  @Field(() => Session, { nullable: true })
  session!: Session | null
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}

@InputType()
export class SessionCreateInput {
  @Field(() => String)
  email!: string
  @Field(() => String)
  password!: string
  @Field(() => String, { nullable: true })
  oneTimeCode?: string | null
  @Field(() => String, { nullable: true, description: 'Left out, the org that was joined first.' })
  orgSlug?: string | null
}

@InputType()
export class ApiTokenCreateInput {
  @Field(() => String)
  name!: string
  @Field(() => [String], {
    description:
      'Permissions as `Viewer.permissions` lists them, such as `monitor:write`; each within those of the caller.',
  })
  scopes!: string[]
  @Field(() => Duration, { nullable: true, description: 'Left out, the token does not expire.' })
  expiresIn?: string | null
}

@ObjectType({ description: '`token` is shown once, here, and never again.' })
export class ApiTokenCreatePayload {
  @Field(() => ApiToken, { nullable: true })
  apiToken!: ApiToken | null
  @Field(() => String, { nullable: true })
  token!: string | null
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}
