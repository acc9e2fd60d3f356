import type { RumDimension as Dimension } from '../domain/vitals.js'
import { connectionType } from './connection.js'
import { Field, Float, ID, Int, ObjectType } from './decorators.js'
import { RumDimensionEnum } from './enums.js'
import { UserError } from './errors.js'
import { BigIntText, DateTime, Json } from './scalars.js'

@ObjectType({
  description:
    'Values of one web vital, in ms (CLS without a unit). Quantiles are exact, interpolated between neighbours. `good`, `needsImprovement` and `poor` are shares of the values, 0 to 1, by the thresholds of web.dev.',
})
export class RumVital {
  @Field(() => String)
  metric!: string
  @Field(() => RumDimensionEnum, { nullable: true, description: 'What it is grouped by.' })
  dimension!: Dimension | null
  @Field(() => String, {
    nullable: true,
    description: 'The value of the dimension, empty where an event has none; null when not grouped.',
  })
  value!: string | null
  @Field(() => String, { nullable: true, description: '`value` of the dimension PAGE.' })
  page!: string | null
  @Field(() => BigIntText)
  count!: string
  @Field(() => Float)
  p50!: number
  @Field(() => Float)
  p75!: number
  @Field(() => Float)
  p95!: number
  @Field(() => Float)
  good!: number
  @Field(() => Float)
  needsImprovement!: number
  @Field(() => Float)
  poor!: number
}

@ObjectType()
export class RumVitalsResult {
  @Field(() => [RumVital], { description: 'By metric, then the values with most events first.' })
  vitals!: readonly RumVital[]
  @Field(() => Boolean, { description: 'The dimension has more than `first` values of a metric.' })
  truncated!: boolean
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}

@ObjectType({ description: 'What a browser did under one session id, as far as it lies in the range.' })
export class RumSession {
  @Field(() => ID)
  id!: string
  @Field(() => DateTime)
  startedAt!: string
  @Field(() => DateTime)
  endedAt!: string
  @Field(() => Float)
  durationMs!: number
  @Field(() => Int)
  events!: number
  @Field(() => Int, { description: 'Different pages.' })
  pages!: number
  @Field(() => Int)
  views!: number
  @Field(() => Int)
  errors!: number
  @Field(() => String, { nullable: true })
  entryPage!: string | null
  @Field(() => String, { nullable: true })
  app!: string | null
  @Field(() => String, { nullable: true })
  user!: string | null
  @Field(() => String, { nullable: true })
  country!: string | null
  @Field(() => String, { nullable: true })
  browser!: string | null
  @Field(() => String, { nullable: true })
  os!: string | null
  @Field(() => String, { nullable: true })
  device!: string | null
}
export const RumSessionConnection = connectionType('RumSession', () => RumSession)

@ObjectType()
export class RumSessionsResult {
  @Field(() => RumSessionConnection, { nullable: true })
  sessions!: InstanceType<typeof RumSessionConnection> | null
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}

@ObjectType()
export class RumEventError {
  @Field(() => String)
  fingerprint!: string
  @Field(() => String, { nullable: true })
  type!: string | null
  @Field(() => String)
  message!: string
  @Field(() => String, { nullable: true })
  stack!: string | null
}

@ObjectType()
export class RumEvent {
  @Field(() => ID)
  id!: string
  @Field(() => DateTime, { description: 'To the nanosecond.' })
  at!: string
  @Field(() => String, { description: '`vital`, `view`, `error`, `resource` or `custom`.' })
  type!: string
  @Field(() => String, { nullable: true })
  app!: string | null
  @Field(() => String, { nullable: true })
  session!: string | null
  @Field(() => String, { nullable: true })
  view!: string | null
  @Field(() => String, { nullable: true })
  page!: string | null
  @Field(() => String, { nullable: true })
  url!: string | null
  @Field(() => String, { nullable: true })
  name!: string | null
  @Field(() => Float)
  value!: number
  @Field(() => String, { nullable: true })
  rating!: string | null
  @Field(() => RumEventError, { nullable: true })
  error!: RumEventError | null
  @Field(() => String, { nullable: true })
  traceId!: string | null
  @Field(() => String, { nullable: true })
  spanId!: string | null
  @Field(() => Json)
  attribution!: unknown
  @Field(() => Json)
  attributes!: unknown
}
export const RumEventConnection = connectionType('RumEvent', () => RumEvent)

@ObjectType()
export class RumSessionResult {
  @Field(() => RumSession, { nullable: true, description: 'Null when there is no event of it.' })
  session!: RumSession | null
  @Field(() => RumEventConnection, { nullable: true, description: 'In time order.' })
  events!: InstanceType<typeof RumEventConnection> | null
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}

@ObjectType()
export class RumShare {
  @Field(() => String)
  value!: string
  @Field(() => BigIntText)
  count!: string
}

@ObjectType()
export class RumErrorBucket {
  @Field(() => DateTime)
  at!: number
  @Field(() => BigIntText)
  count!: string
}

@ObjectType({
  description: 'Errors with one fingerprint; `type`, `message`, `stack` and `session` are the newest one’s.',
})
export class RumErrorGroup {
  @Field(() => String)
  fingerprint!: string
  @Field(() => String, { nullable: true })
  type!: string | null
  @Field(() => String)
  message!: string
  @Field(() => String, { nullable: true })
  stack!: string | null
  @Field(() => String, { nullable: true })
  session!: string | null
  @Field(() => BigIntText)
  count!: string
  @Field(() => Int)
  sessions!: number
  @Field(() => DateTime)
  firstAt!: string
  @Field(() => DateTime)
  lastAt!: string
  @Field(() => [RumShare], { description: 'The ten most frequent.' })
  browsers!: readonly RumShare[]
  @Field(() => [RumShare], { description: 'The ten most frequent.' })
  pages!: readonly RumShare[]
  @Field(() => [RumErrorBucket], { description: 'At most 24 spans of one width over the range.' })
  histogram!: readonly RumErrorBucket[]
}
export const RumErrorGroupConnection = connectionType('RumErrorGroup', () => RumErrorGroup)

@ObjectType()
export class RumErrorsResult {
  @Field(() => RumErrorGroupConnection, { nullable: true })
  errors!: InstanceType<typeof RumErrorGroupConnection> | null
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}
