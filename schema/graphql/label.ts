import type { MatcherOp } from '../domain/matcher.js'
import { Field, InputType, ObjectType } from './decorators.js'
import { MatchOperatorEnum } from './enums.js'

@InputType()
export class LabelInput {
  @Field(() => String)
  name!: string
  @Field(() => String)
  value!: string
}

@ObjectType()
export class Label {
  @Field(() => String)
  name!: string
  @Field(() => String)
  value!: string
}

@InputType()
export class MatcherInput {
  @Field(() => String)
  name!: string
  @Field(() => MatchOperatorEnum, { defaultValue: MatchOperatorEnum.EQ })
  operator!: MatcherOp
  @Field(() => String)
  value!: string
}
