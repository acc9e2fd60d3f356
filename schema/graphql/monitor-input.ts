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
  @Field(() => Duration, {
    nullable: true,
    description: 'How often it is judged, a whole number of 10 s; left out, `10s`.',
  })
  every?: string | null
  @Field(() => Duration, {
    nullable: true,
    description: 'How long the condition must hold before it fires; left out, `0s`: at once.',
  })
  for?: string | null
  @Field(() => Duration, {
    nullable: true,
    description: 'How long it goes on firing after the condition ended; left out, `0s`.',
  })
  keepFiringFor?: string | null
  @Field(() => MissingDataPolicyEnum, { nullable: true, description: 'Left out, KEEP_STATE.' })
  missingData?: MissingDataPolicy | null
  @Field(() => [LabelInput], { nullable: true })
  labels?: LabelInput[] | null
  @Field(() => Url, { nullable: true })
  runbookUrl?: string | null
  @Field(() => String, {
    nullable: true,
    description:
      'Title of its incidents: of placeholders there are `{{value}}` and `{{labels.NAME}}`, any other is refused. Left out, its name and the labels of the group.',
  })
  title?: string | null
  @Field(() => String, {
    nullable: true,
    description:
      'Text of its messages: of placeholders there are `{{value}}` and `{{labels.NAME}}`, any other is refused. Left out, its description.',
  })
  body?: string | null
  @Field(() => Boolean, { nullable: true })
  paused?: boolean | null
  @Field(() => [String], {
    nullable: true,
    description:
      'Keys of the channels that are paged; left out, every enabled channel is paged, until a routing tree decides. If none of them exists any more, every enabled channel is paged, too.',
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
  @Field(() => String, {
    nullable: true,
    description: 'What keeps this monitor, such as a repository of monitors as code; a note that changes nothing else.',
  })
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
