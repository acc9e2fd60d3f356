import { Field, Float, ObjectType } from './decorators.js'
import { UserError } from './errors.js'
import { Label } from './label.js'
import { BigIntText, DateTime } from './scalars.js'

@ObjectType({
  description:
    'Columns of one length: Unix milliseconds and values. JSON has no NaN or infinity: such a value is null and stands in `nonFinite` as `index:NaN`, `index:+Inf` or `index:-Inf`.',
})
export class Series {
  @Field(() => [Label])
  labels!: readonly Label[]
  @Field(() => [Float])
  timestamps!: readonly number[]
  @Field(() => [Float], { nullable: 'items' })
  values!: readonly (number | null)[]
  @Field(() => [String])
  nonFinite!: readonly string[]
}

@ObjectType()
export class SeriesResult {
  @Field(() => [Series])
  series!: readonly Series[]
  @Field(() => [String], { description: 'What may be wrong with the answer or the query.' })
  warnings!: readonly string[]
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}

@ObjectType()
export class NamesResult {
  @Field(() => [String])
  names!: readonly string[]
  @Field(() => Boolean, { description: 'There are more than `first`.' })
  truncated!: boolean
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}

@ObjectType({ description: 'Records of one level in a bucket that begins at `at`; a bucket without any is absent.' })
export class Histogram {
  @Field(() => DateTime)
  at!: number
  @Field(() => String, { nullable: true })
  level!: string | null
  @Field(() => BigIntText)
  count!: string
}

@ObjectType()
export class LogHistogramResult {
  @Field(() => [Histogram])
  buckets!: readonly Histogram[]
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}
