import type { IngestKeyScheme } from '../domain/ingest-key.js'
import type { Signal } from '../domain/signal.js'
import { countedConnectionType } from './connection.js'
import { Field, InputType, ObjectType } from './decorators.js'
import { IngestKeySchemeEnum, SignalEnum } from './enums.js'
import { UserError } from './errors.js'
import { Node } from './node.js'
import { DateTime } from './scalars.js'

@ObjectType({ implements: Node })
export class IngestKey {
  @Field(() => String, { description: 'The public id, as `x-org-key` carries it.' })
  key!: string
  @Field(() => String)
  name!: string
  @Field(() => IngestKeySchemeEnum)
  scheme!: IngestKeyScheme
  @Field(() => [SignalEnum])
  signals!: readonly Signal[]
  @Field(() => [String])
  allowedOrigins!: readonly string[]
  @Field(() => DateTime)
  createdAt!: number
  @Field(() => DateTime, { nullable: true })
  lastUsedAt!: number | null
  @Field(() => DateTime, { nullable: true })
  revokedAt!: number | null
}
export const IngestKeyConnection = countedConnectionType('IngestKey', () => IngestKey)

@InputType()
export class IngestKeyCreateInput {
  @Field(() => String)
  name!: string
  @Field(() => IngestKeySchemeEnum, { defaultValue: IngestKeySchemeEnum.CANONICAL })
  scheme!: IngestKeyScheme
  @Field(() => [SignalEnum], { nullable: true, description: 'Left out: all; for BROWSER, RUM.' })
  signals?: Signal[] | null
  @Field(() => [String], { nullable: true, description: 'For BROWSER: origins such as https://shop.example.com.' })
  allowedOrigins?: string[] | null
  @Field(() => String, { nullable: true })
  idempotencyKey?: string | null
}

@ObjectType({
  description:
    '`secret` is shown once, here, and never again; a repeat under the same idempotency key shows none. Signatures take the UTF-8 bytes of the secret text as their key.',
})
export class IngestKeyCreatePayload {
  @Field(() => IngestKey, { nullable: true })
  ingestKey!: IngestKey | null
  @Field(() => String, { nullable: true })
  secret!: string | null
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}

@ObjectType({ description: 'The previous secret goes on working until `previousSecretExpiresAt`.' })
export class IngestKeyRotatePayload {
  @Field(() => IngestKey, { nullable: true })
  ingestKey!: IngestKey | null
  @Field(() => String, { nullable: true })
  secret!: string | null
  @Field(() => DateTime, { nullable: true })
  previousSecretExpiresAt!: number | null
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}
