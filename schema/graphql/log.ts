import { connectionType } from './connection.js'
import { Field, ID, ObjectType } from './decorators.js'
import { UserError } from './errors.js'
import { DateTime, Json } from './scalars.js'

@ObjectType()
export class LogRecord {
  @Field(() => ID)
  id!: string
  @Field(() => DateTime, { description: 'To the nanosecond.' })
  at!: string
  @Field(() => String)
  service!: string
  @Field(() => String)
  level!: string
  @Field(() => String)
  message!: string
  @Field(() => String, { nullable: true })
  traceId!: string | null
  @Field(() => String, { nullable: true })
  spanId!: string | null
  @Field(() => Json)
  attributes!: unknown
}
export const LogConnection = connectionType('Log', () => LogRecord)

@ObjectType()
export class LogResult {
  @Field(() => LogConnection, { nullable: true })
  logs!: InstanceType<typeof LogConnection> | null
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}
