import { countedConnectionType } from './connection.js'
import { Field, ID, InputType, Int, ObjectType } from './decorators.js'
import { UserError } from './errors.js'
import { BigIntText } from './scalars.js'
import { Org } from './who.js'

@ObjectType({ description: 'For how many days data is kept, counted from its own time.' })
export class RetentionDays {
  @Field(() => Int)
  logs!: number
  @Field(() => Int)
  spans!: number
  @Field(() => Int)
  rum!: number
  @Field(() => Int, { description: 'Samples as they were sent; rollups are kept as the installation keeps them.' })
  metrics!: number
}

@ObjectType({
  description: 'What holds for an org: its own where it is set, else what the installation’s settings say.',
})
export class OrgLimits {
  @Field(() => Int)
  ingestRequestsPerMinute!: number
  @Field(() => BigIntText, { nullable: true, description: 'In a day of UTC; null is no bound.' })
  ingestBytesPerDay!: number | null
  @Field(() => Int, { description: 'How many monitors it may have.' })
  monitors!: number
  @Field(() => RetentionDays, { description: 'As it holds for what comes in from now on.' })
  retentionDays!: RetentionDays
  @Field(() => RetentionDays, { description: 'The most that `orgUpdate` may ask for.' })
  maximumRetentionDays!: RetentionDays
}

@InputType({ description: 'An omitted field keeps, null goes back to what the installation’s settings say.' })
export class RetentionDaysInput {
  @Field(() => Int, { nullable: true })
  logs?: number | null
  @Field(() => Int, { nullable: true })
  spans?: number | null
  @Field(() => Int, { nullable: true })
  rum?: number | null
  @Field(() => Int, { nullable: true })
  metrics?: number | null
}

@InputType({
  description: 'Retention up to the org’s own limits; the limits themselves are the operator’s (`orgLimitsSet`).',
})
export class OrgUpdateInput {
  @Field(() => Int)
  expectedVersion!: number
  @Field(() => String, { nullable: true })
  name?: string | null
  @Field(() => RetentionDaysInput, { nullable: true })
  retentionDays?: RetentionDaysInput | null
}

@InputType({ description: 'An omitted field keeps, null goes back to what the installation’s settings say.' })
export class OrgLimitsSetInput {
  @Field(() => ID)
  orgId!: string
  @Field(() => Int, { nullable: true })
  ingestRequestsPerMinute?: number | null
  @Field(() => BigIntText, { nullable: true })
  ingestBytesPerDay?: string | null
  @Field(() => Int, { nullable: true })
  monitors?: number | null
  @Field(() => RetentionDaysInput, { nullable: true })
  maximumRetentionDays?: RetentionDaysInput | null
}

@ObjectType()
export class OrgPayload {
  @Field(() => Org, { nullable: true })
  org!: Org | null
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}

export const OrgConnection = countedConnectionType('Org', () => Org)
