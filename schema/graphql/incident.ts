import type { Severity } from '../domain/alert.js'
import type { IncidentState } from '../domain/incident.js'
import type { DeliveryStatus } from '../domain/notification.js'
import { connectionType, countedConnectionType } from './connection.js'
import { Field, InputType, Int, ObjectType } from './decorators.js'
import { DeliveryStatusEnum, IncidentStateEnum, SeverityEnum } from './enums.js'
import { Label, MatcherInput } from './label.js'
import { Node } from './node.js'
import { DateTime, Json } from './scalars.js'

@ObjectType()
export class TimelineEntry {
  @Field(() => DateTime)
  at!: number
  @Field(() => String)
  kind!: string
  @Field(() => String, { nullable: true, description: 'Who did it; null when Tocsin did.' })
  actor!: string | null
  @Field(() => String)
  text!: string
  @Field(() => Json, { nullable: true })
  data!: unknown
}
export const TimelineConnection = connectionType('Timeline', () => TimelineEntry)

@ObjectType({ implements: Node })
export class Incident {
  @Field(() => Int)
  number!: number
  @Field(() => String)
  title!: string
  @Field(() => IncidentStateEnum)
  state!: IncidentState
  @Field(() => SeverityEnum)
  severity!: Severity
  @Field(() => [Label])
  labels!: readonly Label[]
  @Field(() => DateTime)
  startedAt!: number
  @Field(() => DateTime, { nullable: true })
  acknowledgedAt!: number | null
  @Field(() => String, { nullable: true })
  acknowledgedBy!: string | null
  @Field(() => DateTime, { nullable: true })
  resolvedAt!: number | null
}
export const IncidentConnection = countedConnectionType('Incident', () => Incident)

@InputType({ description: '`from` and `to` bound `startedAt`: from included, to excluded.' })
export class IncidentFilter {
  @Field(() => [IncidentStateEnum], { nullable: true })
  states?: IncidentState[] | null
  @Field(() => [SeverityEnum], { nullable: true })
  severities?: Severity[] | null
  @Field(() => [MatcherInput], { nullable: true })
  labels?: MatcherInput[] | null
  @Field(() => DateTime, { nullable: true })
  from?: number | null
  @Field(() => DateTime, { nullable: true })
  to?: number | null
}

@ObjectType()
export class DeliveryAttempt {
  @Field(() => DateTime)
  at!: number
  @Field(() => Int)
  durationMs!: number
  @Field(() => String)
  outcome!: string
  @Field(() => String, { nullable: true })
  detail!: string | null
  @Field(() => DateTime, { nullable: true })
  nextAt!: number | null
}

@ObjectType({ implements: Node })
export class Delivery {
  @Field(() => String, { description: 'Why the message goes out, or why it does not.' })
  reason!: string
  @Field(() => DeliveryStatusEnum)
  status!: DeliveryStatus
  @Field(() => [DeliveryAttempt])
  attempts!: readonly DeliveryAttempt[]
  @Field(() => DateTime)
  createdAt!: number
  @Field(() => DateTime, { nullable: true })
  deliveredAt!: number | null
}
export const DeliveryConnection = countedConnectionType('Delivery', () => Delivery)
