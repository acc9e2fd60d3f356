import type { AlertState, MissingDataPolicy, MonitorHealth } from '../domain/alert.js'
import { Field, ID, InputType, Int } from './decorators.js'
import { MissingDataPolicyEnum, MonitorHealthEnum, MonitorStateEnum } from './enums.js'
import { LabelInput, MatcherInput } from './label.js'
import { RuleInput } from './rule-input.js'
import { Duration, Url } from './scalars.js'

/** Fields that a whole monitor and a patch have alike; no input uses it by itself, so the schema does not show it. */
@InputType()
class MonitorFields {
  @Field(() => String, { nullable: true })
  description?: string | null
  @Field(() => Duration, { nullable: true })
  every?: string | null
  @Field(() => Duration, { nullable: true })
  for?: string | null
  @Field(() => Duration, { nullable: true })
  keepFiringFor?: string | null
  @Field(() => MissingDataPolicyEnum, { nullable: true })
  missingData?: MissingDataPolicy | null
  @Field(() => [LabelInput], { nullable: true })
  labels?: LabelInput[] | null
  @Field(() => Url, { nullable: true })
  runbookUrl?: string | null
  @Field(() => String, { nullable: true })
  title?: string | null
  @Field(() => String, { nullable: true })
  body?: string | null
  @Field(() => Boolean, { nullable: true })
  paused?: boolean | null
  @Field(() => [String], {
    nullable: true,
    description: 'Channel keys paged directly; left out, the routing tree decides.',
  })
  notify?: string[] | null
}

@InputType()
export class MonitorInput extends MonitorFields {
  @Field(() => String)
  key!: string
  @Field(() => String)
  name!: string
  @Field(() => RuleInput)
  rule!: RuleInput
  @Field(() => String, { nullable: true })
  managedBy?: string | null
}

@InputType({ description: 'An omitted field keeps, null clears.' })
export class MonitorPatchInput extends MonitorFields {
  @Field(() => String, { nullable: true })
  name?: string | null
  @Field(() => RuleInput, { nullable: true })
  rule?: RuleInput | null
}

@InputType()
export class MonitorCreateInput {
  @Field(() => MonitorInput)
  monitor!: MonitorInput
  @Field(() => String, { nullable: true })
  idempotencyKey?: string | null
  @Field(() => Boolean, { nullable: true, defaultValue: false })
  validateOnly?: boolean | null
}

@InputType()
export class MonitorUpdateInput {
  @Field(() => ID)
  id!: string
  @Field(() => Int)
  expectedVersion!: number
  @Field(() => MonitorPatchInput)
  monitor!: MonitorPatchInput
  @Field(() => Boolean, { nullable: true, defaultValue: false })
  validateOnly?: boolean | null
}

@InputType()
export class MonitorUpsertInput {
  @Field(() => MonitorInput)
  monitor!: MonitorInput
  @Field(() => Int, { nullable: true })
  expectedVersion?: number | null
  @Field(() => Boolean, { nullable: true, defaultValue: false })
  validateOnly?: boolean | null
}

@InputType()
export class MonitorFilter {
  @Field(() => [MonitorStateEnum], { nullable: true })
  states?: AlertState[] | null
  @Field(() => [MonitorHealthEnum], { nullable: true })
  health?: MonitorHealth[] | null
  @Field(() => [String], { nullable: true })
  kinds?: string[] | null
  @Field(() => String, { nullable: true, description: 'Found in key, name or description, whatever the case.' })
  text?: string | null
  @Field(() => [MatcherInput], { nullable: true })
  labels?: MatcherInput[] | null
}
