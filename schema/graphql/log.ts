import { connectionType } from './connection.js'
import { Field, ID, Int, ObjectType } from './decorators.js'
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

@ObjectType({ description: 'A record and its neighbours, in the order of time.' })
export class LogContextResult {
  @Field(() => LogRecord, { nullable: true })
  record!: LogRecord | null
  @Field(() => LogConnection, { nullable: true, description: 'On from `startCursor`: `logs` with `order: DESC`.' })
  before!: InstanceType<typeof LogConnection> | null
  @Field(() => LogConnection, { nullable: true, description: 'On from `endCursor`: `logs` with `order: ASC`.' })
  after!: InstanceType<typeof LogConnection> | null
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}

@ObjectType({ description: 'One event of a tail. Without a record it says where the tail stands.' })
export class LogTailEvent {
  @Field(() => String, { description: 'Hand it back as `after` to go on right behind this event.' })
  cursor!: string
  @Field(() => LogRecord, { nullable: true })
  record!: LogRecord | null
  @Field(() => Int, { description: 'Records that were left out right before this event, since they came too fast.' })
  dropped!: number
}
