import type { AlertState, MissingDataPolicy, MonitorHealth, Severity } from '../domain/alert.js'
import { connectionType, countedConnectionType } from './connection.js'
import { Field, Float, Int, ObjectType } from './decorators.js'
import { MissingDataPolicyEnum, MonitorHealthEnum, MonitorStateEnum, SeverityEnum } from './enums.js'
import { UserError } from './errors.js'
import { Label } from './label.js'
import { Node } from './node.js'
import { DateTime, Duration, Json, Url } from './scalars.js'

@ObjectType()
export class Transition {
  @Field(() => DateTime)
  at!: number
  @Field(() => [Label])
  labels!: readonly Label[]
  @Field(() => MonitorStateEnum)
  from!: AlertState
  @Field(() => MonitorStateEnum)
  to!: AlertState
  @Field(() => SeverityEnum, { nullable: true })
  fromSeverity!: Severity | null
  @Field(() => SeverityEnum, { nullable: true })
  toSeverity!: Severity | null
  @Field(() => String)
  reason!: string
  @Field(() => Float, { nullable: true })
  value!: number | null
  @Field(() => Boolean, { description: 'Judged long after its time: a tick that was replayed.' })
  late!: boolean
}
export const TransitionConnection = connectionType('Transition', () => Transition)

@ObjectType({ implements: Node })
export class Monitor {
  @Field(() => String)
  key!: string
  @Field(() => Int)
  version!: number
  @Field(() => String)
  name!: string
  @Field(() => String, { nullable: true })
  description!: string | null
  @Field(() => String, { description: 'The kind of its rule: `threshold`, `errorRatio` …' })
  kind!: string
  @Field(() => Json, { description: 'In the shape of `RuleInput`.' })
  rule!: unknown
  @Field(() => String, { nullable: true, description: 'Template of the titles of its incidents.' })
  title!: string | null
  @Field(() => String, { nullable: true, description: 'Template of the text of its messages.' })
  body!: string | null
  @Field(() => Duration, { description: 'How often it is judged.' })
  every!: string
  @Field(() => Duration, { description: 'How long the condition must hold before it fires.' })
  for!: string
  @Field(() => Duration, { description: 'How long it goes on firing after the condition ended.' })
  keepFiringFor!: string
  @Field(() => MissingDataPolicyEnum)
  missingData!: MissingDataPolicy
  @Field(() => [Label])
  labels!: readonly Label[]
  @Field(() => Url, { nullable: true })
  runbookUrl!: string | null
  @Field(() => Boolean)
  paused!: boolean
  @Field(() => String, { nullable: true, description: 'What keeps this monitor; a note that changes nothing else.' })
  managedBy!: string | null
  @Field(() => [String], {
    nullable: true,
    description: 'Keys of the channels that are paged; null pages every enabled channel, until a routing tree decides.',
  })
  notify!: readonly string[] | null
  @Field(() => DateTime)
  createdAt!: number
  @Field(() => DateTime)
  updatedAt!: number
  @Field(() => MonitorStateEnum, {
    description: 'The gravest state of its instances; before the first judgement NO_DATA, with health BACKFILLING.',
  })
  state!: AlertState
  @Field(() => MonitorHealthEnum)
  health!: MonitorHealth
  @Field(() => DateTime, { nullable: true })
  evaluatedUntil!: number | null
  @Field(() => DateTime, { nullable: true })
  lastEvaluatedAt!: number | null
  @Field(() => String, { nullable: true })
  lastError!: string | null
}
export const MonitorConnection = countedConnectionType('Monitor', () => Monitor)

@ObjectType()
export class MonitorPayload {
  @Field(() => Monitor, { nullable: true, description: 'With `validateOnly`, what would be; its id is then empty.' })
  monitor!: Monitor | null
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}

@ObjectType({ implements: Node })
export class AlertInstance {
  @Field(() => String, { description: 'Hash of the labels: the same labels, the same fingerprint.' })
  fingerprint!: string
  @Field(() => [Label])
  labels!: readonly Label[]
  @Field(() => MonitorStateEnum)
  state!: AlertState
  @Field(() => SeverityEnum, { nullable: true })
  severity!: Severity | null
  @Field(() => Float, { nullable: true })
  value!: number | null
  @Field(() => DateTime, { nullable: true })
  activeAt!: number | null
  @Field(() => DateTime, { nullable: true })
  firedAt!: number | null
  @Field(() => String)
  reason!: string
  @Field(() => Boolean, { description: 'Whether the last tick saw no data of it.' })
  missing!: boolean
}
export const AlertInstanceConnection = countedConnectionType('AlertInstance', () => AlertInstance)
