import type { Severity } from '../domain/alert.js'
import type { Comparison } from '../domain/rule.js'
import { Field, Float, ID, InputType, Int } from './decorators.js'
import { ComparisonEnum, SeverityEnum } from './enums.js'
import { MeasureInput } from './measure-input.js'
import { Duration } from './scalars.js'

@InputType({ description: '`window` is required, except for `metric`, whose expression carries its own.' })
export class ThresholdRuleInput {
  @Field(() => MeasureInput)
  measure!: MeasureInput
  @Field(() => Duration, { nullable: true })
  window?: string | null
  @Field(() => ComparisonEnum)
  comparison!: Comparison
  @Field(() => Float, { nullable: true })
  critical?: number | null
  @Field(() => Float, { nullable: true })
  warning?: number | null
  @Field(() => Float, { nullable: true })
  recovery?: number | null
}

@InputType({ description: 'Compares the window with the one `offset` earlier, as a ratio (1.5 = 50 % more).' })
export class ChangeRuleInput {
  @Field(() => MeasureInput)
  measure!: MeasureInput
  @Field(() => Duration, { nullable: true })
  window?: string | null
  @Field(() => Duration)
  offset!: string
  @Field(() => ComparisonEnum)
  comparison!: Comparison
  @Field(() => Float, { nullable: true })
  critical?: number | null
  @Field(() => Float, { nullable: true })
  warning?: number | null
  @Field(() => Float, { nullable: true })
  recovery?: number | null
  @Field(() => Float, { nullable: true })
  minimum?: number | null
}

@InputType()
export class ErrorRatioRuleInput {
  @Field(() => MeasureInput)
  bad!: MeasureInput
  @Field(() => MeasureInput)
  total!: MeasureInput
  @Field(() => Duration)
  window!: string
  @Field(() => Float, { nullable: true })
  critical?: number | null
  @Field(() => Float, { nullable: true })
  warning?: number | null
  @Field(() => Float, { nullable: true })
  recovery?: number | null
  @Field(() => Int, { nullable: true })
  minimumEvents?: number | null
}

@InputType()
export class BurnRateTierInput {
  @Field(() => String)
  name!: string
  @Field(() => SeverityEnum)
  severity!: Severity
  @Field(() => Duration)
  longWindow!: string
  @Field(() => Duration)
  shortWindow!: string
  @Field(() => Float)
  factor!: number
}

@InputType()
export class BurnRateRuleInput {
  @Field(() => ID)
  slo!: string
  @Field(() => [BurnRateTierInput], { nullable: true })
  tiers?: BurnRateTierInput[] | null
  @Field(() => Int, { nullable: true })
  minimumEvents?: number | null
  @Field(() => Int, { nullable: true })
  minimumBadEvents?: number | null
}

@InputType()
export class AbsenceRuleInput {
  @Field(() => MeasureInput)
  measure!: MeasureInput
  @Field(() => Duration)
  window!: string
  @Field(() => SeverityEnum, { defaultValue: SeverityEnum.CRITICAL })
  severity!: Severity
}

@InputType({ description: "`expression` joins other monitors' keys: `checkout-errors && !deploying`." })
export class CompositeRuleInput {
  @Field(() => String)
  expression!: string
  @Field(() => SeverityEnum, { defaultValue: SeverityEnum.CRITICAL })
  severity!: Severity
}

@InputType({ description: 'Kinds that this version does not evaluate are refused by name.' })
export class RuleInput {
  @Field(() => ThresholdRuleInput, { nullable: true })
  threshold?: ThresholdRuleInput
  @Field(() => ChangeRuleInput, { nullable: true })
  change?: ChangeRuleInput
  @Field(() => ErrorRatioRuleInput, { nullable: true })
  errorRatio?: ErrorRatioRuleInput
  @Field(() => BurnRateRuleInput, { nullable: true })
  burnRate?: BurnRateRuleInput
  @Field(() => AbsenceRuleInput, { nullable: true })
  absence?: AbsenceRuleInput
  @Field(() => CompositeRuleInput, { nullable: true })
  composite?: CompositeRuleInput
}
