import { z } from 'zod'
import {
  type ChannelConfigDraft,
  channelConfigInputSchema,
  completeChannelConfig,
} from '../../schema/domain/channel.js'
import { keySchema, newId } from '../../schema/domain/ids.js'
import {
  Channel,
  ChannelConnection,
  ChannelCreateInput,
  ChannelPayload,
  ChannelTestPayload,
  ChannelUpdateInput,
} from '../../schema/graphql/channel.js'
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from '../../schema/graphql/decorators.js'
import { DeletePayload } from '../../schema/graphql/errors.js'
import type { ChannelStore } from '../../schema/ports/control-plane.js'
import { Reads, Writes } from '../access.js'
import { countedConnectionOf, pageRequest, readList } from '../connection.js'
import { type GatewayContext, signedIn } from '../context.js'
import { createdOrReplayed, idempotencyOf } from '../idempotency.js'
import { parseInput } from '../parse-input.js'
import { InputArg } from '../raw-arg.js'
import { badInput, fault } from '../user-fault.js'
import { updated } from '../write-monitor.js'

const name = z.string().trim().min(1).max(200)

const createSchema = z.strictObject({
  key: keySchema,
  name,
  config: channelConfigInputSchema,
  sendResolved: z.boolean().nullish(),
  idempotencyKey: z.string().min(1).max(255).nullish(),
})

const updateSchema = z.strictObject({
  id: z.string(),
  expectedVersion: z.number().int(),
  name: name.nullish(),
  config: channelConfigInputSchema.nullish(),
  sendResolved: z.boolean().nullish(),
  enabled: z.boolean().nullish(),
})

@Resolver()
export class ChannelResolver {
  @Query(() => Channel, { nullable: true })
  @Reads('channel:read')
  async channel(
    @Arg('id', () => ID, { nullable: true }) id: string | null | undefined,
    @Arg('key', () => String, { nullable: true }) key: string | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    const { channels } = signedIn(context).stores
    if ((id == null) === (key == null)) throw badInput('Expected either id or key.')
    return id != null ? channels.get(id) : key != null ? channels.byKey(key) : null
  }

  @Query(() => ChannelConnection, { description: 'By age, oldest first.' })
  @Reads('channel:read')
  async channels(
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    const { channels } = signedIn(context).stores
    const request = pageRequest(first, after)
    return countedConnectionOf(await readList(() => channels.list(request)), request, (channel) => channel)
  }

  @Mutation(() => ChannelPayload)
  @Writes('channel:write')
  async channelCreate(@InputArg('input', () => ChannelCreateInput) input: object, @Ctx() context: GatewayContext) {
    const { stores } = signedIn(context)
    const { clock, random } = context.services
    const { idempotencyKey, sendResolved, ...asked } = parseInput(createSchema, input, ['input'])
    checkUrls(asked.config, context)
    const now = clock.now()
    const config = completeChannelConfig(asked.config, null, random.bytes(32))
    const made = await stores.channels.create(
      { ...asked, id: newId('channel', now, random.bytes(10)), config, sendResolved: sendResolved ?? true },
      now,
      idempotencyOf(idempotencyKey, { ...asked, sendResolved }),
    )
    const { value, replayed } = createdOrReplayed(made, ['input', 'key'], asked.key)
    const signingSecret = config.kind === 'WEBHOOK' && !replayed ? config.secret : null
    return { channel: value, signingSecret, userErrors: [] }
  }

  @Mutation(() => ChannelPayload)
  @Writes('channel:write')
  async channelUpdate(@InputArg('input', () => ChannelUpdateInput) input: object, @Ctx() context: GatewayContext) {
    const { stores } = signedIn(context)
    const { clock, random } = context.services
    const {
      id,
      expectedVersion,
      name: newName,
      config,
      sendResolved,
      enabled,
    } = parseInput(updateSchema, input, ['input'])
    if (config != null) checkUrls(config, context)
    const change = {
      ...(newName == null ? {} : { name: newName }),
      ...(config == null ? {} : { config }),
      ...(sendResolved == null ? {} : { sendResolved }),
      ...(enabled == null ? {} : { enabled }),
    }
    const outcome = await stores.channels.update(id, expectedVersion, change, clock.now(), random.bytes(32))
    return {
      channel: updated(outcome, ['input', 'expectedVersion'], expectedVersion),
      signingSecret: null,
      userErrors: [],
    }
  }

  @Mutation(() => DeletePayload, { description: 'Refused while monitors name the channel in `notify`.' })
  @Writes('channel:write')
  async channelDelete(@Arg('id', () => ID) id: string, @Ctx() context: GatewayContext) {
    const { channels } = signedIn(context).stores
    const channel = await channels.get(id)
    if (channel !== null) await refuseWhileNamed(channels, channel.key)
    const removed = await channels.remove(id, context.services.clock.now())
    if (!removed) throw fault('NOT_FOUND', ['id'], 'No channel has this id.')
    return { deletedId: id, userErrors: [] }
  }

  @Mutation(() => ChannelTestPayload, { description: 'Sends a test message, and says what became of it.' })
  @Writes('channel:write', { delivered: false, detail: '' })
  async channelTest(@Arg('id', () => ID) id: string, @Ctx() context: GatewayContext) {
    const { stores } = signedIn(context)
    if ((await stores.channels.get(id)) === null) throw fault('NOT_FOUND', ['id'], 'No channel has this id.')
    const { delivered, detail } = await context.services.testChannel(stores.orgId, id)
    return { delivered, detail, userErrors: [] }
  }
}

/** Monitors named in a refusal; of the others it is said how many they are. */
const MOST_NAMED = 2

/** A monitor whose only channel is deleted would page nobody, and nobody would know. */
async function refuseWhileNamed(channels: ChannelStore, key: string): Promise<void> {
  const { monitorKeys, count } = await channels.namedBy(key, MOST_NAMED)
  const [first] = monitorKeys
  if (first === undefined) return
  const others = count - monitorKeys.length
  const monitors = others > 0 ? `${monitorKeys.join(', ')} and ${others} more` : monitorKeys.join(' and ')
  throw fault(
    'INVALID',
    ['id'],
    count === 1
      ? `Monitor ${first} names channel "${key}" in notify; take it out of it first.`
      : `Monitors ${monitors} name channel "${key}" in notify; take it out of them first.`,
  )
}

/** Refuses addresses that could never be called. Names are looked up, and checked again, whenever a message is sent. */
function checkUrls(config: ChannelConfigDraft, { services }: GatewayContext): void {
  const found: (readonly [url: string, ...at: string[]])[] =
    config.kind === 'WEBHOOK'
      ? [[config.url, 'webhook', 'url']]
      : config.kind === 'SLACK' && config.via === 'webhook'
        ? [[config.webhookUrl, 'slack', 'webhookUrl']]
        : []
  for (const [url, ...at] of found) {
    const why = services.urlFault(url)
    if (why !== null) throw fault('URL_FORBIDDEN', ['input', 'config', ...at], why)
  }
}
