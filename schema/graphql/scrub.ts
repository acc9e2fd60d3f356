import type { ScrubStrategy } from '../domain/scrub.js'
import { Field, InputType, Int, ObjectType } from './decorators.js'
import { ScrubKindEnum, ScrubStrategyEnum } from './enums.js'
import { UserError } from './errors.js'
import { Label, LabelInput } from './label.js'
import { DateTime } from './scalars.js'

type Kind = keyof typeof ScrubKindEnum

@ObjectType()
export class ScrubKindRule {
  @Field(() => ScrubKindEnum)
  kind!: Kind
  @Field(() => ScrubStrategyEnum)
  strategy!: ScrubStrategy
}

@ObjectType()
export class ScrubFieldRule {
  @Field(() => String)
  field!: string
  @Field(() => ScrubStrategyEnum)
  strategy!: ScrubStrategy
}

@ObjectType({ description: 'How telemetry is scrubbed before it is stored.' })
export class ScrubPolicy {
  @Field(() => Int, { description: '0 until one is set.' })
  version!: number
  @Field(() => [ScrubKindRule], { description: 'What becomes of each kind of finding, defaults included.' })
  kinds!: readonly ScrubKindRule[]
  @Field(() => [ScrubFieldRule], { description: 'What becomes of whole fields, whatever stands in them.' })
  fields!: readonly ScrubFieldRule[]
  @Field(() => [String], { description: 'Names whose values are secrets, beside the built-in ones.' })
  sensitiveNames!: readonly string[]
  @Field(() => DateTime, { nullable: true })
  updatedAt!: number | null
}

@InputType()
export class ScrubKindRuleInput {
  @Field(() => ScrubKindEnum)
  kind!: Kind
  @Field(() => ScrubStrategyEnum)
  strategy!: ScrubStrategy
}

@InputType()
export class ScrubFieldRuleInput {
  @Field(() => String, {
    description: 'Its dotted name, `message` for the text of a log; one that ends in `.*` means all below.',
  })
  field!: string
  @Field(() => ScrubStrategyEnum)
  strategy!: ScrubStrategy
}

@InputType({ description: 'A kind that is left out is treated by default.' })
export class ScrubPolicyInput {
  @Field(() => [ScrubKindRuleInput], { nullable: true })
  kinds?: ScrubKindRuleInput[] | null
  @Field(() => [ScrubFieldRuleInput], { nullable: true })
  fields?: ScrubFieldRuleInput[] | null
  @Field(() => [String], { nullable: true })
  sensitiveNames?: string[] | null
}

@InputType({ description: 'Replaces the policy as a whole.' })
export class ScrubPolicySetInput {
  @Field(() => Int, { description: '0 where none was set.' })
  expectedVersion!: number
  @Field(() => ScrubPolicyInput)
  policy!: ScrubPolicyInput
  @Field(() => Boolean, { nullable: true, defaultValue: false })
  validateOnly?: boolean | null
}

@ObjectType()
export class ScrubPolicyPayload {
  @Field(() => ScrubPolicy, { nullable: true })
  scrubPolicy!: ScrubPolicy | null
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}

@InputType()
export class ScrubPreviewInput {
  @Field(() => ScrubPolicyInput, { nullable: true, description: 'Left out, the policy that holds.' })
  policy?: ScrubPolicyInput | null
  @Field(() => String, { nullable: true, description: 'The text of a log.' })
  text?: string | null
  @Field(() => [LabelInput], { nullable: true })
  attributes?: LabelInput[] | null
}

@ObjectType()
export class ScrubPreviewPayload {
  @Field(() => String, { nullable: true })
  text!: string | null
  @Field(() => [Label])
  attributes!: readonly Label[]
  @Field(() => Boolean, { description: 'Whether anything was replaced.' })
  changed!: boolean
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}
