import type { ChannelKind } from '../domain/notification.js'
import { countedConnectionType } from './connection.js'
import { Field, ID, InputType, Int, ObjectType } from './decorators.js'
import { ChannelKindEnum } from './enums.js'
import { UserError } from './errors.js'
import { LabelInput } from './label.js'
import { Node } from './node.js'
import { Json, Url } from './scalars.js'

@InputType({ description: 'Either `token` and `channel`, or `webhookUrl`.' })
export class SlackChannelInput {
  @Field(() => String, { nullable: true })
  token?: string | null
  @Field(() => String, { nullable: true })
  channel?: string | null
  @Field(() => Url, { nullable: true })
  webhookUrl?: string | null
}

@InputType()
export class EmailChannelInput {
  @Field(() => [String])
  to!: string[]
  @Field(() => String, { nullable: true, description: 'Left out, the installation’s own mail server.' })
  smtpUrl?: string | null
}

@InputType()
export class WebhookChannelInput {
  @Field(() => Url)
  url!: string
  @Field(() => String, { nullable: true, description: '`whsec_` and base64; left out, one is made.' })
  secret?: string | null
  @Field(() => [LabelInput], { nullable: true })
  headers?: LabelInput[] | null
}

@InputType()
export class PagerdutyChannelInput {
  @Field(() => String)
  routingKey!: string
}

@InputType({ description: 'Kinds that this version does not deliver to are refused by name.' })
export class ChannelConfigInput {
  @Field(() => SlackChannelInput, { nullable: true })
  slack?: SlackChannelInput
  @Field(() => EmailChannelInput, { nullable: true })
  email?: EmailChannelInput
  @Field(() => WebhookChannelInput, { nullable: true })
  webhook?: WebhookChannelInput
  @Field(() => PagerdutyChannelInput, { nullable: true })
  pagerduty?: PagerdutyChannelInput
  @Field(() => WebhookChannelInput, { nullable: true })
  teams?: WebhookChannelInput
  @Field(() => WebhookChannelInput, { nullable: true })
  discord?: WebhookChannelInput
}

@InputType()
export class ChannelCreateInput {
  @Field(() => String)
  key!: string
  @Field(() => String)
  name!: string
  @Field(() => ChannelConfigInput)
  config!: ChannelConfigInput
  @Field(() => Boolean, { nullable: true, defaultValue: true })
  sendResolved?: boolean | null
  @Field(() => String, { nullable: true })
  idempotencyKey?: string | null
}

@InputType({ description: 'An omitted field keeps. A webhook given without its secret keeps the one it has.' })
export class ChannelUpdateInput {
  @Field(() => ID)
  id!: string
  @Field(() => Int)
  expectedVersion!: number
  @Field(() => String, { nullable: true })
  name?: string | null
  @Field(() => ChannelConfigInput, { nullable: true })
  config?: ChannelConfigInput | null
  @Field(() => Boolean, { nullable: true })
  sendResolved?: boolean | null
  @Field(() => Boolean, { nullable: true })
  enabled?: boolean | null
}

@ObjectType({ implements: Node })
export class Channel {
  @Field(() => String)
  key!: string
  @Field(() => Int)
  version!: number
  @Field(() => String)
  name!: string
  @Field(() => ChannelKindEnum)
  kind!: ChannelKind
  @Field(() => Json, { description: 'In the shape of `ChannelConfigInput`, with secrets masked.' })
  config!: unknown
  @Field(() => Boolean)
  sendResolved!: boolean
  @Field(() => String, { nullable: true, description: 'Why nothing is sent to it; null while it is enabled.' })
  disabledReason!: string | null
}
export const ChannelConnection = countedConnectionType('Channel', () => Channel)

@ObjectType({
  description: 'Secrets never come back. `signingSecret` of a webhook is shown once, at creation.',
})
export class ChannelPayload {
  @Field(() => Channel, { nullable: true })
  channel!: Channel | null
  @Field(() => String, { nullable: true })
  signingSecret!: string | null
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}

@ObjectType()
export class ChannelTestPayload {
  @Field(() => Boolean)
  delivered!: boolean
  @Field(() => String)
  detail!: string
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}
